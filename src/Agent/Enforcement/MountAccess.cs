using System.Text.Json;

namespace Sallyport.Agent.Enforcement;

/// <summary>What a container has of its machine by folders, volumes and devices.</summary>
internal static class MountAccess
{
    private static readonly string[] Networks = ["nfs", "nfs4", "cifs", "tmpfs"];

    /// <summary>
    /// <c>/:/host:ro</c>; a name in place of the path is a volume's. Podman takes more by the same name: a path from its own folder
    /// (<c>.:/x</c>), and other folders of the machine's for what is written (<c>/a:/x:O,upperdir=/etc/cron.d,workdir=/b</c>), which it
    /// does not tell of afterwards.
    /// </summary>
    internal static void ReadBind(string bind, SortedSet<string> found)
    {
        var parts = bind.Split(':');
        ContainerAccess.Note(
            parts[0] is ['.', ..] || parts.Skip(2).Any(options => options.Contains('=', StringComparison.Ordinal)), MachinePaths.Files, found);
        if (parts[0] is ['/', ..])
        {
            var isReadOnly = parts.Length > 2 && parts[^1].Split(',').Contains("ro");
            Note(MachinePaths.WordFor(parts[0], !isReadOnly), found);
        }
    }

    /// <summary>As strings; more than anybody has are files of the machine's, unread.</summary>
    internal static void ReadBinds(ref Utf8JsonReader json, int most, SortedSet<string> found)
    {
        var binds = JsonWalk.Strings(ref json);
        ContainerAccess.Note(binds.Count > most, MachinePaths.Files, found);
        foreach (var bind in binds.Take(most))
        {
            ReadBind(bind, found);
        }
    }

    /// <summary>
    /// <c>[{"Type":"bind","Source":"/","RW":true,…},…]</c> of a container, <c>[{…,"ReadOnly":true,"VolumeOptions":{…}}]</c> of a request.
    /// </summary>
    internal static void ReadMounts(ref Utf8JsonReader json, int most, SortedSet<string> found)
    {
        if (!JsonWalk.Enter(ref json, JsonTokenType.StartArray))
        {
            return;
        }

        for (var count = 0; json.Read() && json.TokenType != JsonTokenType.EndArray; count++)
        {
            if (json.TokenType == JsonTokenType.StartObject && count < most)
            {
                ReadMount(ref json, found);
            }

            json.Skip();
            if (count == most)
            {
                _ = found.Add(MachinePaths.Files); // more than anybody has
            }
        }
    }

    /// <summary><c>{"type":"none","o":"bind","device":"/"}</c>: what the driver of local volumes mounts.</summary>
    internal static void ReadDriverOptions(ref Utf8JsonReader json, SortedSet<string> found)
    {
        string? device = null, options = null, type = null;
        var isTwice = false;
        for (var isObject = JsonWalk.Enter(ref json, JsonTokenType.StartObject); isObject && JsonWalk.Next(ref json);)
        {
            var name = JsonWalk.Name(ref json);
            json.Read();
            var text = json.TokenType == JsonTokenType.String ? json.GetString() : null;
            json.Skip();
            switch (name)
            {
                case "device":
                    (isTwice, device) = (isTwice || device is not null, text);
                    break;
                case "o":
                    (isTwice, options) = (isTwice || options is not null, text);
                    break;
                case "type":
                    (isTwice, type) = (isTwice || type is not null, text);
                    break;
            }
        }

        if (isTwice)
        {
            _ = found.Add(MachinePaths.Files); // in one case or another: which of them its runtime takes, nobody knows
        }
        else if (options?.Split(',').Any(option => option is "bind" or "rbind") == true && device is ['/', ..])
        {
            Note(MachinePaths.WordFor(device, isWritable: true), found);
        }
        else if ((device ?? options) is not null && Array.IndexOf(Networks, type) < 0)
        {
            _ = found.Add(device is ['/', 'd', 'e', 'v', '/', ..] ? MachinePaths.Devices : MachinePaths.Files);
        }
    }

    /// <summary><c>[{"PathOnHost":"/dev/sda","PathInContainer":…},…]</c></summary>
    internal static void ReadDevices(ref Utf8JsonReader json, SortedSet<string> found)
    {
        if (!JsonWalk.Enter(ref json, JsonTokenType.StartArray))
        {
            return;
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType == JsonTokenType.StartObject)
            {
                ReadDevice(ref json, found);
            }

            json.Skip();
        }
    }

    private static void ReadDevice(ref Utf8JsonReader json, SortedSet<string> found)
    {
        while (JsonWalk.Next(ref json))
        {
            var isPath = JsonWalk.Name(ref json) == "pathonhost";
            json.Read();
            if (isPath && json.TokenType == JsonTokenType.String && json.GetString() is ['/', ..] path)
            {
                Note(MachinePaths.WordForDevice(path), found);
            }

            json.Skip();
        }
    }

    private static void ReadMount(ref Utf8JsonReader json, SortedSet<string> found)
    {
        string? source = null, type = null;
        var isReadOnly = false;
        while (JsonWalk.Next(ref json))
        {
            switch (JsonWalk.Name(ref json))
            {
                case "type":
                    json.Read();
                    type = json.TokenType == JsonTokenType.String ? json.GetString() : type;
                    json.Skip();
                    break;
                case "source":
                    json.Read();
                    source = json.TokenType == JsonTokenType.String ? json.GetString() : source;
                    json.Skip();
                    break;
                case "readonly":
                    json.Read();
                    isReadOnly = json.TokenType == JsonTokenType.True;
                    json.Skip();
                    break;
                case "rw":
                    json.Read();
                    isReadOnly = json.TokenType == JsonTokenType.False;
                    json.Skip();
                    break;
                case "volumeoptions":
                    ReadVolumeOptions(ref json, found);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        // A volume is a folder of the runtime's own, wherever that is.
        if (source is ['/', ..] && type != "volume")
        {
            Note(MachinePaths.WordFor(source, !isReadOnly), found);
        }
    }

    /// <summary><c>{"DriverConfig":{"Name":"local","Options":{…}}}</c></summary>
    private static void ReadVolumeOptions(ref Utf8JsonReader json, SortedSet<string> found)
    {
        for (var isObject = JsonWalk.Enter(ref json, JsonTokenType.StartObject); isObject && JsonWalk.Next(ref json);)
        {
            if (JsonWalk.Name(ref json) != "driverconfig")
            {
                json.Skip();
                continue;
            }

            for (var isDriver = JsonWalk.Enter(ref json, JsonTokenType.StartObject); isDriver && JsonWalk.Next(ref json);)
            {
                if (JsonWalk.Name(ref json) == "options")
                {
                    ReadDriverOptions(ref json, found);
                }
                else
                {
                    json.Skip();
                }
            }
        }
    }

    internal static void Note(string? word, SortedSet<string> found)
    {
        if (word is not null)
        {
            _ = found.Add(word);
        }
    }
}
