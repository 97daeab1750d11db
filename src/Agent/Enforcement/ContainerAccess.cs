using System.Text.Json;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// What a container has of its machine, as its runtime says after it made it: whoever asked for it, and by whichever interface.
/// From the body of <c>GET /containers/ID/json</c> of Docker's Engine API.
/// </summary>
internal static class ContainerAccess
{
    private const int MostMounts = 1024;

    /// <summary>Capabilities (capabilities(7)) that reach beyond the container.</summary>
    private static readonly string[] Mighty =
    [
        "ALL", "SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH", "BPF", "PERFMON", "SYS_BOOT",
    ];

    /// <summary>Folders with which the machine is taken over.</summary>
    private static readonly string[] Machine =
        ["/", "/etc", "/root", "/home", "/proc", "/sys", "/dev", "/boot", "/usr", "/lib", "/bin", "/sbin", "/var", "/var/lib", "/var/lib/docker"];

    private static readonly string[] Runtimes = ["docker.sock", "containerd.sock", "podman.sock", "crio.sock", "buildkitd.sock"];
    private static readonly string[] RuntimeFolders = ["/run", "/var/run", "/run/docker", "/run/containerd", "/run/podman", "/run/buildkit"];

    /// <summary>
    /// Words for it, parted by commas: <c>privileged</c>, <c>capabilities</c>, <c>pids</c>, <c>network</c>, <c>files</c>, <c>devices</c>,
    /// <c>runtime-socket</c>. Null for nothing. Throws what the reader throws.
    /// </summary>
    internal static string? Read(ReadOnlySpan<byte> body)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        var json = new Utf8JsonReader(body);
        for (var isObject = JsonWalk.Enter(ref json, JsonTokenType.StartObject); isObject && JsonWalk.Next(ref json);)
        {
            if (json.ValueTextEquals("HostConfig"u8))
            {
                ReadSettings(ref json, found);
            }
            else if (json.ValueTextEquals("Mounts"u8))
            {
                ReadMounts(ref json, found);
            }
            else
            {
                json.Skip();
            }
        }

        return found.Count == 0 ? null : string.Join(", ", found);
    }

    private static void ReadSettings(ref Utf8JsonReader json, SortedSet<string> found)
    {
        for (var isObject = JsonWalk.Enter(ref json, JsonTokenType.StartObject); isObject && JsonWalk.Next(ref json);)
        {
            var name = json.GetString();
            switch (name)
            {
                case "Privileged":
                    json.Read();
                    Note(json.TokenType == JsonTokenType.True, "privileged", found);
                    break;
                case "PidMode" or "NetworkMode":
                    json.Read();
                    Note(json.TokenType == JsonTokenType.String && json.ValueTextEquals("host"u8), name == "PidMode" ? "pids" : "network", found);
                    break;
                case "CapAdd":
                    Note(Strings(ref json).Any(capability => Mighty.Contains(Short(capability))), "capabilities", found);
                    break;
                case "Devices":
                    Note(HasEntries(ref json), "devices", found);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }
    }

    /// <summary><c>[{"Type":"bind","Source":"/","Destination":"/host",…},…]</c></summary>
    private static void ReadMounts(ref Utf8JsonReader json, SortedSet<string> found)
    {
        if (!JsonWalk.Enter(ref json, JsonTokenType.StartArray))
        {
            return;
        }

        for (var count = 0; json.Read() && json.TokenType == JsonTokenType.StartObject; count++)
        {
            while (JsonWalk.Next(ref json))
            {
                var isSource = json.ValueTextEquals("Source"u8);
                json.Read();
                if (isSource && json.TokenType == JsonTokenType.String && count < MostMounts && json.GetString() is ['/', ..] source)
                {
                    var path = source.Length > 1 ? source.TrimEnd('/') : source;
                    Note(Machine.Contains(path), "files", found);
                    Note(RuntimeFolders.Contains(path) || Runtimes.Contains(Path.GetFileName(path)), "runtime-socket", found);
                }
                else
                {
                    json.Skip();
                }
            }
        }
    }

    private static List<string> Strings(ref Utf8JsonReader json)
    {
        var found = new List<string>();
        if (JsonWalk.Enter(ref json, JsonTokenType.StartArray))
        {
            while (json.Read() && json.TokenType == JsonTokenType.String)
            {
                found.Add(json.GetString()!);
            }
        }

        return found;
    }

    private static bool HasEntries(ref Utf8JsonReader json)
    {
        if (!JsonWalk.Enter(ref json, JsonTokenType.StartArray))
        {
            return false;
        }

        var count = 0;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            json.Skip();
            count++;
        }

        return count > 0;
    }

    private static string Short(string capability) =>
        capability.StartsWith("CAP_", StringComparison.OrdinalIgnoreCase) ? capability[4..].ToUpperInvariant() : capability.ToUpperInvariant();

    private static void Note(bool isSo, string word, SortedSet<string> found)
    {
        if (isSo)
        {
            _ = found.Add(word);
        }
    }
}
