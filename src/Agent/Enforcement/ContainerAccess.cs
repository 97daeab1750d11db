using System.Text.Json;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// What a container has of its machine: as its runtime says after it made it, whoever asked for it and by whichever interface
/// (<c>GET /containers/ID/json</c> of Docker's Engine API), or as somebody asks for it (<c>POST /containers/create</c>). The runtime
/// reads names without regard to case, and of two equal ones the last: here each of them counts.
/// </summary>
internal static class ContainerAccess
{
    internal const int MostMounts = 1024;

    /// <summary>The word for a document that says what is not known.</summary>
    internal const string NotUnderstood = "request";

    /// <summary>Capabilities (capabilities(7)) that reach beyond the container.</summary>
    private static readonly string[] Mighty =
    [
        "ALL", "SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH", "BPF", "PERFMON", "SYS_BOOT",
    ];

    /// <summary>
    /// Words for it, parted by commas: <c>privileged</c>, <c>capabilities</c>, <c>pids</c>, <c>ipc</c>, <c>network</c>, <c>files</c>,
    /// <c>devices</c>, <c>runtime-socket</c>. Null for nothing. Throws what the reader throws.
    /// </summary>
    internal static string? Read(ReadOnlySpan<byte> body) => Words(body, isSettings: false);

    /// <summary>The same of a document that is nothing but <c>HostConfig</c>, as a start may bring one (API before 1.24).</summary>
    internal static string? ReadSettings(ReadOnlySpan<byte> body) => Words(body, isSettings: true);

    /// <summary>Of <c>POST /containers/ID/exec</c>: a process with all capabilities.</summary>
    internal static string? ReadExec(ReadOnlySpan<byte> body) => Words(body, isSettings: true) is { } words
        && words.Contains("privileged", StringComparison.Ordinal) ? "privileged" : null;

    /// <summary>Of <c>POST /volumes/create</c>: a volume that is a folder or a disk of the machine.</summary>
    internal static string? ReadVolume(ReadOnlySpan<byte> body)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        var json = new Utf8JsonReader(body);
        for (var isObject = JsonWalk.Enter(ref json, JsonTokenType.StartObject); isObject && JsonWalk.Next(ref json);)
        {
            // Docker's name for them, and podman's.
            if (JsonWalk.Name(ref json) is "driveropts" or "options")
            {
                MountAccess.ReadDriverOptions(ref json, found);
            }
            else
            {
                json.Skip();
            }
        }

        return WordsOf(found);
    }

    private static string? Words(ReadOnlySpan<byte> body, bool isSettings)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        var json = new Utf8JsonReader(body);
        if (isSettings)
        {
            ReadSettings(ref json, found);
            return WordsOf(found);
        }

        for (var isObject = JsonWalk.Enter(ref json, JsonTokenType.StartObject); isObject && JsonWalk.Next(ref json);)
        {
            switch (JsonWalk.Name(ref json))
            {
                case "hostconfig":
                    ReadSettings(ref json, found);
                    break;
                case "mounts":
                    MountAccess.ReadMounts(ref json, MostMounts, found);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return WordsOf(found);
    }

    internal static string? WordsOf(SortedSet<string> found) => found.Count == 0 ? null : string.Join(", ", found);

    private static void ReadSettings(ref Utf8JsonReader json, SortedSet<string> found)
    {
        for (var isObject = JsonWalk.Enter(ref json, JsonTokenType.StartObject); isObject && JsonWalk.Next(ref json);)
        {
            var name = JsonWalk.Name(ref json);
            switch (name)
            {
                case "privileged":
                    json.Read();
                    Note(json.TokenType == JsonTokenType.True, "privileged", found);
                    break;
                case "pidmode" or "networkmode" or "ipcmode":
                    json.Read();
                    Note(json.TokenType == JsonTokenType.String && IsOutside(json.GetString()!), name[0] switch
                    {
                        'p' => "pids",
                        'n' => "network",
                        _ => "ipc",
                    }, found);
                    break;
                case "capadd":
                    Note(JsonWalk.Strings(ref json).Exists(IsMighty), "capabilities", found);
                    break;
                case "devices":
                    MountAccess.ReadDevices(ref json, found);
                    break;
                case "devicecgrouprules":
                    Note(JsonWalk.Strings(ref json).Count > 0, MachinePaths.Devices, found);
                    break;
                case "binds":
                    MountAccess.ReadBinds(ref json, MostMounts, found);
                    break;
                case "mounts":
                    MountAccess.ReadMounts(ref json, MostMounts, found);
                    break;
                case "logconfig":
                    ReadLog(ref json, found);
                    break;
                case "readonlypaths":
                    // An empty list, not the absence of one: /proc/sys may be written to (--security-opt systempaths=unconfined).
                    Note(JsonWalk.IsEmptyArray(ref json), MachinePaths.Files, found);
                    break;
                default:
                    json.Skip();
                    break;
            }

            if (json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                json.Skip(); // where a word was looked for there is something else
            }
        }
    }

    /// <summary><c>{"Type":"k8s-file","Config":{"path":"/…"}}</c>: podman writes there what the container says.</summary>
    private static void ReadLog(ref Utf8JsonReader json, SortedSet<string> found)
    {
        for (var isObject = JsonWalk.Enter(ref json, JsonTokenType.StartObject); isObject && JsonWalk.Next(ref json);)
        {
            if (JsonWalk.Name(ref json) != "config")
            {
                json.Skip();
                continue;
            }

            for (var isConfig = JsonWalk.Enter(ref json, JsonTokenType.StartObject); isConfig && JsonWalk.Next(ref json);)
            {
                var isPath = JsonWalk.Name(ref json) == "path";
                json.Read();
                if (isPath && json.TokenType == JsonTokenType.String && json.GetString() is ['/', ..] path)
                {
                    MountAccess.Note(MachinePaths.WordFor(path, isWritable: true), found);
                }

                json.Skip();
            }
        }
    }

    /// <summary>The machine's, or one by a path, which podman takes (<c>ns:/proc/1/ns/pid</c>).</summary>
    private static bool IsOutside(string mode) => mode == "host" || mode.StartsWith("ns:", StringComparison.Ordinal);

    internal static bool IsMighty(string capability) => Mighty.Contains(Short(capability));

    private static string Short(string capability) =>
        capability.StartsWith("CAP_", StringComparison.OrdinalIgnoreCase) ? capability[4..].ToUpperInvariant() : capability.ToUpperInvariant();

    internal static void Note(bool isSo, string word, SortedSet<string> found)
    {
        if (isSo)
        {
            _ = found.Add(word);
        }
    }
}
