using System.Text.Json;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// What a container that there is gets of its machine (<c>POST /containers/NAME/update</c>): limits, and with podman a place where it
/// writes. Docker's fields and those of libpod's (the runtime's LinuxResources and more with each version) by one list: what is not
/// known here and has a value is not understood.
/// </summary>
internal static class UpdateAccess
{
    /// <summary>Fields that give nothing of the machine, whatever they say.</summary>
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        // Docker's.
        "cpushares", "memory", "nanocpus", "blkioweight", "blkioweightdevice", "blkiodevicereadbps", "blkiodevicewritebps", "blkiodevicereadiops",
        "blkiodevicewriteiops", "cpuperiod", "cpuquota", "cpurealtimeperiod", "cpurealtimeruntime", "cpusetcpus", "cpusetmems", "kernelmemory",
        "kernelmemorytcp", "memoryreservation", "memoryswap", "memoryswappiness", "oomkilldisable", "pidslimit", "ulimits", "cpucount", "cpupercent",
        "iomaximumiops", "iomaximumbandwidth", "restartpolicy",

        // Podman's own.
        "cpu", "pids", "blockio", "hugepagelimits", "blkio_weight_device", "device_read_bps", "device_write_bps", "device_read_iops", "device_write_iops",
        "r_limits", "env", "unsetenv", "health_max_log_count", "health_max_log_size", "health_on_failure", "no_healthcheck", "health_cmd", "health_interval",
        "health_retries", "health_start_period", "health_timeout", "health_startup_cmd", "health_startup_interval", "health_startup_retries",
        "health_startup_success", "health_startup_timeout",
    };

    /// <inheritdoc cref="ContainerAccess.Read"/>
    internal static string? Read(ReadOnlySpan<byte> body)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        var json = new Utf8JsonReader(body);
        for (var isObject = JsonWalk.Enter(ref json, JsonTokenType.StartObject); isObject && JsonWalk.Next(ref json);)
        {
            switch (JsonWalk.Name(ref json))
            {
                case "devices" or "devicecgrouprules":
                    ContainerAccess.Note(LibpodAccess.HasValue(ref json), MachinePaths.Devices, found);
                    break;
                case "health_log_destination":
                    // A folder, but for two words.
                    LibpodAccess.NotePath(
                        JsonWalk.Text(ref json) is var place and not ("local" or "events_logger") ? place : null, isWritable: true, found);
                    break;
                case var name:
                    ContainerAccess.Note(LibpodAccess.HasValue(ref json) && !Harmless.Contains(name), ContainerAccess.NotUnderstood, found);
                    break;
            }
        }

        return found.Contains(ContainerAccess.NotUnderstood) ? ContainerAccess.NotUnderstood : ContainerAccess.WordsOf(found);
    }
}
