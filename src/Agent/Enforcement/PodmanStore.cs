using System.Text;
using System.Text.Json;
using Sallyport.Agent.Files;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// What root's podman says of a container without being asked: it has no daemon, and nobody need answer at its socket. The list of
/// containers-storage: <c>[{"id":"…","metadata":"{\"image-name\":\"docker.io/library/ubuntu:latest\",\"name\":\"db\",…}",…},…]</c>.
/// </summary>
internal static class PodmanStore
{
    private const int MostBytes = 4 << 20;

    /// <summary>By the driver of the store; of containers that go with their end (<c>--rm</c>) in a file of their own since podman 4.4.</summary>
    private static readonly string[] Lists =
    [
        .. new[] { "overlay", "vfs", "btrfs", "zfs" }.SelectMany(driver => new[] { "volatile-containers", "containers" }
            .Select(list => $"/var/lib/containers/storage/{driver}-containers/{list}.json")),
    ];

    /// <summary>Null when no store has it.</summary>
    /// <param name="id">64 hexadecimal digits.</param>
    internal static ContainerReply? TryFind(string id) =>
        Lists.Select(list => SafeFile.TryReadAll(list, MostBytes) is { } bytes ? TryRead(bytes, id) : null).FirstOrDefault(found => found is not null);

    /// <summary>Null when the list does not have it, or is none.</summary>
    internal static ContainerReply? TryRead(ReadOnlySpan<byte> list, string id)
    {
        try
        {
            var json = new Utf8JsonReader(list);
            for (var isList = JsonWalk.Enter(ref json, JsonTokenType.StartArray); isList && json.Read() && json.TokenType == JsonTokenType.StartObject;)
            {
                if (ReadContainer(ref json, id) is { } found)
                {
                    return found;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Cut off, no JSON, or no text where text belongs.
        }

        return null;
    }

    private static ContainerReply? ReadContainer(ref Utf8JsonReader json, string id)
    {
        var isWanted = false;
        string? metadata = null;
        while (JsonWalk.Next(ref json))
        {
            if (json.ValueTextEquals("id"u8))
            {
                isWanted = Text(ref json) == id;
            }
            else if (json.ValueTextEquals("metadata"u8))
            {
                metadata = Text(ref json);
            }
            else
            {
                json.Skip();
            }
        }

        return isWanted && metadata is not null ? ReadMetadata(new Utf8JsonReader(Encoding.UTF8.GetBytes(metadata))) : null;
    }

    private static ContainerReply ReadMetadata(Utf8JsonReader json)
    {
        string? name = null;
        string? image = null;
        for (var isObject = JsonWalk.Enter(ref json, JsonTokenType.StartObject); isObject && JsonWalk.Next(ref json);)
        {
            if (json.ValueTextEquals("name"u8))
            {
                name = ContainerReply.Printable(Text(ref json));
            }
            else if (json.ValueTextEquals("image-name"u8))
            {
                image = ContainerReply.Printable(Text(ref json));
            }
            else
            {
                json.Skip();
            }
        }

        return new ContainerReply(ContainerReply.Ok, name, image);
    }

    private static string? Text(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String)
        {
            return json.GetString();
        }

        json.Skip();
        return null;
    }
}
