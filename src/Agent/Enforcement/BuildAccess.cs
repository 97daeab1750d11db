using System.Text;
using System.Text.Json;
using Sallyport.Agent.Core.DockerApi;

namespace Sallyport.Agent.Enforcement;

/// <summary>What the steps of a build have of the machine: <c>POST /build?…</c>, in which podman takes more than Docker.</summary>
internal static class BuildAccess
{
    /// <inheritdoc cref="ContainerAccess.Read"/>
    internal static string? Read(HttpRequestHead head)
    {
        // The fields of a form count as those of the query do; a type that stands there twice is read as none.
        if (head.Body != HttpBody.None && (head.ContentType.Length == 0 || head.ContentType.Contains("form", StringComparison.OrdinalIgnoreCase)))
        {
            return ContainerAccess.NotUnderstood;
        }

        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var pair in head.Query.Split('&'))
        {
            var text = pair.Replace('+', ' ');
            var mark = text.IndexOf('=', StringComparison.Ordinal);
            ReadField(
                Uri.UnescapeDataString(mark < 0 ? text : text[..mark]).ToLowerInvariant(), Uri.UnescapeDataString(mark < 0 ? string.Empty : text[(mark + 1)..]), found);
        }

        return ContainerAccess.WordsOf(found);
    }

    private static void ReadField(string name, string value, SortedSet<string> found)
    {
        switch (name)
        {
            case "networkmode":
                ContainerAccess.Note(string.Equals(value, "host", StringComparison.OrdinalIgnoreCase), "network", found);
                break;
            case "volume":
                // "\:" is a colon of the path's own.
                ContainerAccess.Note(value.Contains('\\', StringComparison.Ordinal), MachinePaths.Files, found);
                MountAccess.ReadBind(value, found);
                break;
            case "addcaps":
                ContainerAccess.Note(Says(value), "capabilities", found);
                break;
            case "devices":
                ContainerAccess.Note(Says(value), MachinePaths.Devices, found);
                break;
            case "secrets" or "additionalbuildcontexts":
                // Podman moves what a secret's "src" names out of the context, through ".." and through links that the context has.
                ContainerAccess.Note(Says(value), MachinePaths.Files, found);
                break;
            case "outputs":
                // Of podman's: a folder of the machine's for what was built. Docker's client keeps it to itself.
                ContainerAccess.Note(value.Contains("dest", StringComparison.OrdinalIgnoreCase), MachinePaths.Files, found);
                break;
            case "isolation":
                // 2: in a folder of the machine's, with its processes.
                ContainerAccess.Note(value is "2" || string.Equals(value, "chroot", StringComparison.OrdinalIgnoreCase), "pids", found);
                break;
            case "nsoptions":
                ReadNamespaces(Encoding.UTF8.GetBytes(value), found);
                break;
        }
    }

    /// <summary><c>[{"Name":"network","Host":true,"Path":""}]</c></summary>
    private static void ReadNamespaces(ReadOnlySpan<byte> value, SortedSet<string> found)
    {
        var json = new Utf8JsonReader(value);
        if (value.IsEmpty || !JsonWalk.Enter(ref json, JsonTokenType.StartArray))
        {
            return;
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType == JsonTokenType.StartObject)
            {
                ReadNamespace(ref json, found);
            }

            json.Skip();
        }
    }

    private static void ReadNamespace(ref Utf8JsonReader json, SortedSet<string> found)
    {
        string? name = null, path = null;
        var isHost = false;
        while (JsonWalk.Next(ref json))
        {
            switch (JsonWalk.Name(ref json))
            {
                case "name":
                    name = JsonWalk.Text(ref json);
                    break;
                case "path":
                    path = JsonWalk.Text(ref json);
                    break;
                case "host":
                    json.Read();
                    isHost = json.TokenType == JsonTokenType.True;
                    json.Skip();
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        // The others are the machine's for everybody.
        if ((isHost || !string.IsNullOrEmpty(path)) && name is "pid" or "network" or "ipc")
        {
            _ = found.Add(name == "pid" ? "pids" : name);
        }
    }

    private static bool Says(string value) => value is not ("" or "[]" or "null" or "{}");
}
