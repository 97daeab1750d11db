using System.Text;
using System.Text.Json;
using Sallyport.Agent.Enforcement;

namespace Sallyport.Fuzz.Targets;

/// <summary>JSON of containers: what the job asks the runtime for, what the runtime replies, and podman's list.</summary>
internal sealed class ContainerTarget : IFuzzTarget
{
    private const string Id = "6e01ffabc8e96e01ffabc8e96e01ffabc8e96e01ffabc8e96e01ffabc8e90000";

    public string Name => "container";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        """
        {"Image":"postgres:17","HostConfig":{"Privileged":true,"PidMode":"host","NetworkMode":"container:ab","Binds":["/:/host:ro"],
        "Mounts":[{"Type":"bind","Source":"/var/run","Target":"/r"}],"CapAdd":["SYS_ADMIN"],"Devices":[{"PathOnHost":"/dev/sda"}],
        "SecurityOpt":["seccomp=unconfined"],"DeviceCgroupRules":["a *:* rwm"],"VolumesFrom":["x"]}}
        """u8.ToArray(),
        """{"Driver":"local","DriverOpts":{"type":"none","o":"bind","device":"/"}}"""u8.ToArray(),
        """{"Privileged":true,"Cmd":["sh"]}"""u8.ToArray(),
        """
        {"image":"x","privileged":true,"pidns":{"nsmode":"path","value":"/proc/1/ns/pid"},"mounts":[{"type":"bind","source":"/","options":["rbind"]}],"cap_add":["BPF"],
        "devices":[{"path":"/dev/sda"}],"resource_limits":{"devices":[{"allow":true}]},"annotations":{"a":"b"},"volumes":[{"Name":"/"}],"rootfs":"/:O"}
        """u8.ToArray(),
        Encoding.UTF8.GetBytes(
            "HTTP/1.1 200 OK\r\n\r\n{\"Name\":\"/db\",\"Config\":{\"Image\":\"postgres:17\"},\"NetworkSettings\":{\"Networks\":{\"n\":{\"Aliases\":[\"db\",\"ab\"]}}}}"),
        Encoding.UTF8.GetBytes(
            "[{\"id\":\"" + Id + "\",\"metadata\":\"{\\\"image-name\\\":\\\"ubuntu:latest\\\",\\\"name\\\":\\\"db\\\"}\"}]"),
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        .. new[]
        {
            "\"HostConfig\":", "\"Privileged\":", "\"Binds\":", "\"Mounts\":", "\"Networks\":", "\"Aliases\":", "\"metadata\":", "\"id\":",
            "null", "true", "{", "}", "[", "]", "[[[[[[[[", ",", "\"", "\\u0000", "\\ud800", "\xff", "1e999", "/../", "//", "HTTP/1.1 200", "\r\n\r\n",
        }.Select(Encoding.Latin1.GetBytes),
    ];

    public void Read(ReadOnlySpan<byte> input)
    {
        _ = ContainerReply.TryRead(input);
        _ = PodmanStore.TryRead(input, Id);
        foreach (var read in (Reader[])
            [ContainerAccess.Read, ContainerAccess.ReadSettings, ContainerAccess.ReadExec, ContainerAccess.ReadVolume, LibpodAccess.Read])
        {
            try
            {
                _ = read(input);
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                // ContainerJudge refuses what it cannot read.
            }
        }
    }

    private delegate string? Reader(ReadOnlySpan<byte> body);
}
