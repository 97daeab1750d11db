using System.Text.Json;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// What a container has of its machine: as its runtime says after it made it, whoever asked for it and by whichever interface
/// (<c>GET /containers/ID/json</c> of Docker's Engine API), or as somebody asks for it (<c>POST /containers/create</c>). The runtime
/// reads names without regard to case, and of two equal ones the last: here each of them counts.
/// </summary>
internal static class ContainerAccess
{
    private const int MostMounts = 1024;

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
            if (JsonWalk.Name(ref json) == "driveropts")
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

    private static string? WordsOf(SortedSet<string> found) => found.Count == 0 ? null : string.Join(", ", found);

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
                    Note(json.TokenType == JsonTokenType.String && json.ValueTextEquals("host"u8), name[0] switch
                    {
                        'p' => "pids",
                        'n' => "network",
                        _ => "ipc",
                    }, found);
                    break;
                case "capadd":
                    Note(JsonWalk.Strings(ref json).Exists(capability => Mighty.Contains(Short(capability))), "capabilities", found);
                    break;
                case "devices":
                    MountAccess.ReadDevices(ref json, found);
                    break;
                case "devicecgrouprules":
                    Note(JsonWalk.Strings(ref json).Count > 0, MachinePaths.Devices, found);
                    break;
                case "binds":
                    JsonWalk.Strings(ref json).ForEach(bind => MountAccess.ReadBind(bind, found));
                    break;
                case "mounts":
                    MountAccess.ReadMounts(ref json, MostMounts, found);
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
