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

    // Docker's names have 255 at most by its own check, references 4095 by the file system.
    private const int LongestText = 512;
    private const int StatusOffset = 9;

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
            return ReadBody(new Utf8JsonReader(reply[(head + 4)..]));
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
            else
            {
                json.Skip();
            }
        }

        return new ContainerReply(Ok, name is "" ? null : name, image);
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

    /// <summary>The job chose these texts: what no runtime would take as a name or a reference is not passed on.</summary>
    private static string? Text(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.String)
        {
            json.Skip();
            return null;
        }

        var text = json.GetString();
        return text is { Length: > 0 and <= LongestText } && !text.AsSpan().ContainsAnyExceptInRange('!', '~') ? text : null;
    }
}
