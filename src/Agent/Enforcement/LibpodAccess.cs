using System.Text.Json;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// What a container has of its machine by podman's own request (<c>POST /libpod/containers/create</c>, libpod's SpecGenerator). It says
/// more than Docker's, and more with each version: what is not known here and has a value is not understood.
/// </summary>
internal static class LibpodAccess
{
    /// <summary>Fields that give nothing of the machine, whatever they say.</summary>
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        "name", "entrypoint", "command", "env", "env_merge", "unsetenv", "unsetenvall", "httpproxy", "terminal", "stdin", "labels", "stop_signal",
        "stop_timeout", "timeout", "raw_image_name", "image", "image_os", "image_arch", "image_variant", "image_volume_mode", "image_volumes", "work_dir",
        "user", "groups", "hostname", "use_image_hosts", "use_image_hostname", "use_image_resolve_conf", "dns_server", "dns_search", "dns_option", "hostadd",
        "restart_policy", "restart_tries", "systemd", "sdnotifymode", "shm_size", "cap_drop", "no_new_privileges", "read_only_filesystem",
        "read_write_tmpfs", "umask", "portmappings", "publish_image_ports", "expose", "networks", "network_options", "cni_networks", "aliases", "healthconfig",
        "startuphealthconfig", "health_check_on_failure_action", "healthmaxlogcount", "healthmaxlogsize", "remove", "removeimage", "init",
        "init_container_type", "r_limits", "oom_score_adj", "manage_password", "passwd_entry", "group_entry", "volatile", "idmappings", "cgroups_mode",
        "containercreatecommand", "volumes_from", "seccomp_policy",
        "seccomp_profile_path", "apparmor_profile", "selinux_opts", "sysctl",
    };

    /// <summary>Of mounts: with others the runtime looks for paths, or makes what the machine has.</summary>
    private static readonly string?[] KnownMounts = [null, "", "bind", "tmpfs", "devpts", "mqueue", "volume"];

    private static readonly string[] KnownAnnotations = ["io.kubernetes.cri-o.", "io.podman.annotations.", "org.opencontainers.image."];

    /// <inheritdoc cref="ContainerAccess.Read"/>
    internal static string? Read(ReadOnlySpan<byte> body)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        var json = new Utf8JsonReader(body);
        for (var isObject = JsonWalk.Enter(ref json, JsonTokenType.StartObject); isObject && JsonWalk.Next(ref json);)
        {
            ReadField(JsonWalk.Name(ref json), ref json, found);
        }

        return found.Contains(ContainerAccess.NotUnderstood) ? ContainerAccess.NotUnderstood : ContainerAccess.WordsOf(found);
    }

    private static void ReadField(string name, ref Utf8JsonReader json, SortedSet<string> found)
    {
        switch (name)
        {
            case "privileged":
                ContainerAccess.Note(HasValue(ref json), "privileged", found);
                break;
            case "pidns":
                ReadNamespace(ref json, "pids", found);
                break;
            case "ipcns":
                ReadNamespace(ref json, "ipc", found);
                break;
            case "netns":
                ReadNamespace(ref json, "network", found);
                break;
            case "utsns" or "userns" or "cgroupns":
                ReadNamespace(ref json, null, found);
                break;
            case "cap_add":
                ContainerAccess.Note(JsonWalk.Strings(ref json).Exists(ContainerAccess.IsMighty), "capabilities", found);
                break;
            case "mounts":
                ReadEach(ref json, found, ReadMount);
                break;
            case "overlay_volumes":
                ReadEach(ref json, found, ReadOverlay);
                break;
            case "volumes":
                ReadEach(ref json, found, ReadVolume);
                break;
            case "devices" or "host_device_list":
                ReadEach(ref json, found, ReadDevice);
                break;
            case "device_cgroup_rule":
                ContainerAccess.Note(HasValue(ref json), MachinePaths.Devices, found);
                break;
            case "resource_limits":
                ReadLimits(ref json, found);
                break;
            case "rootfs":
                // Whole: what ":O" at its end says is another field by the time that a client asks.
                NotePath(JsonWalk.Text(ref json), isWritable: true, found);
                break;
            case "healthlogdestination":
                // A folder, but for two words.
                NotePath(JsonWalk.Text(ref json) is var place and not ("local" or "events_logger") ? place : null, isWritable: true, found);
                break;
            case "log_configuration":
                ReadLog(ref json, found);
                break;
            case "annotations":
                ReadAnnotations(ref json, found);
                break;
            case "unmask":
                ContainerAccess.Note(HasValue(ref json), MachinePaths.Files, found);
                break;
            default:
                ContainerAccess.Note(HasValue(ref json) && !Harmless.Contains(name), ContainerAccess.NotUnderstood, found);
                break;
        }
    }

    private delegate void ReadOne(ref Utf8JsonReader json, SortedSet<string> found);

    /// <summary>Objects of the array that follows.</summary>
    private static void ReadEach(ref Utf8JsonReader json, SortedSet<string> found, ReadOne read)
    {
        if (!JsonWalk.Enter(ref json, JsonTokenType.StartArray))
        {
            return;
        }

        for (var count = 0; json.Read() && json.TokenType != JsonTokenType.EndArray; count++)
        {
            if (json.TokenType == JsonTokenType.StartObject && count < ContainerAccess.MostMounts)
            {
                read(ref json, found);
                continue;
            }

            json.Skip();
            _ = found.Add(ContainerAccess.NotUnderstood);
        }
    }

    /// <summary><c>{"nsmode":"path","value":"/proc/1/ns/net"}</c></summary>
    private static void ReadNamespace(ref Utf8JsonReader json, string? ofMachine, SortedSet<string> found)
    {
        for (var isObject = JsonWalk.Enter(ref json, JsonTokenType.StartObject); isObject && JsonWalk.Next(ref json);)
        {
            if (JsonWalk.Name(ref json) != "nsmode")
            {
                json.Skip();
                continue;
            }

            switch (JsonWalk.Text(ref json))
            {
                case "host" when ofMachine is not null:
                    _ = found.Add(ofMachine);
                    break;
                case "path" or "ns":
                    _ = found.Add(ofMachine ?? ContainerAccess.NotUnderstood);
                    break;
            }
        }
    }

    /// <summary>As the runtime's specification has it: <c>{"destination":…,"type":"bind","source":"/","options":["rbind","ro"]}</c>.</summary>
    private static void ReadMount(ref Utf8JsonReader json, SortedSet<string> found)
    {
        string? type = null, source = null;
        List<string> options = [];
        while (JsonWalk.Next(ref json))
        {
            switch (JsonWalk.Name(ref json))
            {
                case "type":
                    type = JsonWalk.Text(ref json);
                    break;
                case "source":
                    source = JsonWalk.Text(ref json);
                    break;
                case "options":
                    options = JsonWalk.Strings(ref json);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        ContainerAccess.Note(!KnownMounts.Contains(type), ContainerAccess.NotUnderstood, found);
        if (type == "bind" || options.Exists(option => option is "bind" or "rbind") || source is ['/', ..])
        {
            NotePath(source, !options.Contains("ro"), found);
        }
    }

    private static void ReadOverlay(ref Utf8JsonReader json, SortedSet<string> found)
    {
        while (JsonWalk.Next(ref json))
        {
            switch (JsonWalk.Name(ref json))
            {
                case "source":
                    NotePath(JsonWalk.Text(ref json), isWritable: false, found);
                    break;
                case "options":
                    NoteFolders(JsonWalk.Strings(ref json), found);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }
    }

    /// <summary><c>upperdir=/…</c>: other folders of the machine's for what is written.</summary>
    private static void NoteFolders(List<string> options, SortedSet<string> found) =>
        ContainerAccess.Note(options.Exists(option => option.Contains('=', StringComparison.Ordinal)), ContainerAccess.NotUnderstood, found);

    /// <summary>One that has a name: <c>{"Name":"a","Dest":"/x","Options":["rw"]}</c>.</summary>
    private static void ReadVolume(ref Utf8JsonReader json, SortedSet<string> found)
    {
        while (JsonWalk.Next(ref json))
        {
            switch (JsonWalk.Name(ref json))
            {
                case "name":
                    ContainerAccess.Note(JsonWalk.Text(ref json)?.Contains('/', StringComparison.Ordinal) == true, ContainerAccess.NotUnderstood, found);
                    break;
                case "options":
                    NoteFolders(JsonWalk.Strings(ref json), found);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }
    }

    /// <summary><c>{"path":"/dev/sda:/dev/x:rwm"}</c></summary>
    private static void ReadDevice(ref Utf8JsonReader json, SortedSet<string> found)
    {
        while (JsonWalk.Next(ref json))
        {
            if (JsonWalk.Name(ref json) == "path")
            {
                MountAccess.Note(
                    JsonWalk.Text(ref json)?.Split(':')[0] is ['/', ..] path ? MachinePaths.WordForDevice(path) : MachinePaths.Devices, found);
            }
            else
            {
                json.Skip();
            }
        }
    }

    private static void ReadLimits(ref Utf8JsonReader json, SortedSet<string> found)
    {
        for (var isObject = JsonWalk.Enter(ref json, JsonTokenType.StartObject); isObject && JsonWalk.Next(ref json);)
        {
            var isDevices = JsonWalk.Name(ref json) == "devices";
            ContainerAccess.Note(HasValue(ref json) && isDevices, MachinePaths.Devices, found);
        }
    }

    private static void ReadLog(ref Utf8JsonReader json, SortedSet<string> found)
    {
        for (var isObject = JsonWalk.Enter(ref json, JsonTokenType.StartObject); isObject && JsonWalk.Next(ref json);)
        {
            if (JsonWalk.Name(ref json) == "path")
            {
                NotePath(JsonWalk.Text(ref json), isWritable: true, found);
            }
            else
            {
                json.Skip();
            }
        }
    }

    private static void ReadAnnotations(ref Utf8JsonReader json, SortedSet<string> found)
    {
        for (var isObject = JsonWalk.Enter(ref json, JsonTokenType.StartObject); isObject && JsonWalk.Next(ref json);)
        {
            var name = json.GetString()!;
            ContainerAccess.Note(
                !Array.Exists(KnownAnnotations, known => name.StartsWith(known, StringComparison.Ordinal)), ContainerAccess.NotUnderstood, found);
            _ = HasValue(ref json);
        }
    }

    internal static void NotePath(string? path, bool isWritable, SortedSet<string> found)
    {
        if (path is ['/', ..])
        {
            MountAccess.Note(MachinePaths.WordFor(path, isWritable), found);
        }
        else if (!string.IsNullOrEmpty(path))
        {
            _ = found.Add(ContainerAccess.NotUnderstood); // from a folder of the runtime's
        }
    }

    /// <summary>Whether the value that follows, which is passed over, says anything: null, false, 0, "" and what has only these do not.</summary>
    internal static bool HasValue(ref Utf8JsonReader json)
    {
        json.Read();
        var depth = json.CurrentDepth;
        var has = Says(ref json);
        if (json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            while (json.Read() && json.CurrentDepth > depth)
            {
                has |= Says(ref json);
            }
        }

        return has;
    }

    private static bool Says(ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.String => !json.ValueTextEquals(""u8),
        JsonTokenType.Number => !json.ValueSpan.SequenceEqual("0"u8),
        _ => false,
    };
}
