using System.Collections.Immutable;
using System.Text.Json;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// A reply to <c>GET /containers/ID/json</c> of Docker's Engine API, from the first byte of the status line to the end:
/// <c>HTTP/1.0 200 OK␍␊…␍␊␍␊{"Id":"…","Name":"/db","Config":{"Image":"postgres:17",…},…}</c>.
/// </summary>
/// <param name="Status">Of HTTP; 404 when the runtime does not know the container.</param>
/// <param name="Name">Without the leading slash; null when there is none, or none to be shown.</param>
/// <param name="Image">Null as above.</param>
internal sealed record ContainerReply(int Status, string? Name, string? Image)
{
    internal const int Ok = 200;

    /// <summary>Of all networks of one container: a runner gives each service one, compose a few.</summary>
    private const int MostAliases = 64;

    // Docker's names have 255 at most by its own check, references 4095 by the file system.
    private const int LongestText = 512;
    private const int StatusOffset = 9;

    /// <summary>Other names by which it is found in its networks; those that are to be shown alone.</summary>
    internal ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>What it has of the machine, in the words of <see cref="ContainerAccess"/>; null for nothing.</summary>
    internal string? HostAccess { get; init; }

    /// <summary>Gives null for what is no such reply.</summary>
    internal static ContainerReply? TryRead(ReadOnlySpan<byte> reply)
    {
        var head = reply.IndexOf("\r\n\r\n"u8);
        if (head < StatusOffset + 3 || !reply.StartsWith("HTTP/1."u8)
            || !int.TryParse(reply.Slice(StatusOffset, 3), out var status))
        {
            return null;
        }

        if (status != Ok)
        {
            return new ContainerReply(status, null, null);
        }

        try
        {
            var body = reply[(head + 4)..];
            return ReadBody(new Utf8JsonReader(body)) is { } read ? read with { HostAccess = ContainerAccess.Read(body) } : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // cut off, no JSON, or no text where text belongs
        }
    }

    private static ContainerReply? ReadBody(Utf8JsonReader json)
    {
        string? name = null;
        string? image = null;
        var aliases = ImmutableArray.CreateBuilder<string>();
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.CurrentDepth == 1 && json.ValueTextEquals("Name"u8))
            {
                name = Text(ref json)?.TrimStart('/');
            }
            else if (json.CurrentDepth == 1 && json.ValueTextEquals("Config"u8))
            {
                image = ReadConfig(ref json);
            }
            else if (json.CurrentDepth == 1 && json.ValueTextEquals("NetworkSettings"u8))
            {
                ReadSettings(ref json, aliases);
            }
            else
            {
                json.Skip();
            }
        }

        return new ContainerReply(Ok, name is "" ? null : name, image) { Aliases = aliases.ToImmutable() };
    }

    /// <summary><c>{…,"Networks":{"github_network_1":{…,"Aliases":["db","6e01ffabc8e9"],…}}}</c></summary>
    private static void ReadSettings(ref Utf8JsonReader json, ImmutableArray<string>.Builder aliases)
    {
        for (var isObject = JsonWalk.Enter(ref json, JsonTokenType.StartObject); isObject && JsonWalk.Next(ref json);)
        {
            if (json.ValueTextEquals("Networks"u8))
            {
                ReadNetworks(ref json, aliases);
            }
            else
            {
                json.Skip();
            }
        }
    }

    private static void ReadNetworks(ref Utf8JsonReader json, ImmutableArray<string>.Builder aliases)
    {
        for (var isObject = JsonWalk.Enter(ref json, JsonTokenType.StartObject); isObject && JsonWalk.Next(ref json);)
        {
            for (var isNetwork = JsonWalk.Enter(ref json, JsonTokenType.StartObject); isNetwork && JsonWalk.Next(ref json);)
            {
                if (json.ValueTextEquals("Aliases"u8))
                {
                    ReadAliases(ref json, aliases);
                }
                else
                {
                    json.Skip();
                }
            }
        }
    }

    private static void ReadAliases(ref Utf8JsonReader json, ImmutableArray<string>.Builder aliases)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return;
        }

        var depth = json.CurrentDepth;
        while (json.Read() && (json.TokenType != JsonTokenType.EndArray || json.CurrentDepth > depth))
        {
            if (json.TokenType == JsonTokenType.String && json.CurrentDepth == depth + 1 && aliases.Count < MostAliases
                && Printable(json.GetString()) is { } alias)
            {
                aliases.Add(alias);
            }
        }
    }

    private static string? ReadConfig(ref Utf8JsonReader json)
    {
        string? image = null;
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return null;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("Image"u8))
            {
                image = Text(ref json);
            }
            else
            {
                json.Skip();
            }
        }

        return image;
    }

    private static string? Text(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.String)
        {
            json.Skip();
            return null;
        }

        return Printable(json.GetString());
    }

    /// <summary>The job chose these texts: what no runtime would take as a name or a reference is not passed on.</summary>
    internal static string? Printable(string? text) =>
        text is { Length: > 0 and <= LongestText } && !text.AsSpan().ContainsAnyExceptInRange('!', '~') ? text : null;
}
