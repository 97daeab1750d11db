using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.Docker.Tests.Machine;

/// <summary>
/// A dockerd of the tests' own, started inside the namespaces of the laboratory's client: its bridge, its NAT and its
/// uplink exist only there, and its containers' cgroups are below the laboratory's. Data, sockets and images are on the
/// client's memory file system and end with it.
/// </summary>
internal static class DockerDaemon
{
    /// <summary>The laboratory uses 198.51.100.1 to .66; the rest belongs to Docker's bridges.</summary>
    public const string BridgeAddress = "198.51.100.97";

    /// <summary>Of containers: a runtime that clones what is executed in one straight into its cgroup.</summary>
    public const string CloningRuntime = "cloning";

    private const string LogFile = "/run/dockerd.log";
    private static readonly TimeSpan s_startDeadline = TimeSpan.FromMinutes(2);

    // The client looks for /var/run/docker.sock, which is /run/docker.sock: the tests use it as a workflow does.
    // IPv6 is masqueraded like IPv4, because the world has no route to the containers.
    private static readonly string[] s_arguments =
    [
        "--host", "unix:///run/docker.sock",
        "--data-root", "/run/docker-data",
        "--exec-root", "/run/docker-exec",
        "--pidfile", "/run/docker.pid",
        "--exec-opt", "native.cgroupdriver=cgroupfs",
        "--bip", $"{BridgeAddress}/27",
        "--default-address-pool", "base=198.51.100.128/25,size=28",
        "--ipv6",
        "--fixed-cidr-v6", "2001:db8:0:2::/64",
        "--experimental",
        "--ip6tables",
    ];

    // A process of real-time priority, as these tests may be started, cannot enter the groups of cgroup v1's cpu controller.
    private const string Script =
        $"chrt --other 0 dockerd \"$@\" 2>&1 | tee {LogFile} | sed -u -n 's/.*API listen on .*/ready/p'";

    /// <summary>
    /// Returns when clients can connect. Disposing of the process ends the daemon, not its containers.
    /// </summary>
    public static async Task<LabProcess> StartAsync(LabNetwork network)
    {
        LabProcess daemon = network.Start([
            "sh", "-c", Script, "dockerd", .. s_arguments,
            "--cgroup-parent", $"/{Path.GetFileName(network.CgroupRoot)}",
            "--add-runtime", $"{CloningRuntime}={await CompiledPrograms.BuildAsync(network, "cloning-runtime")}",
        ]);
        try
        {
            await daemon.SaysAsync("ready", s_startDeadline);
            return daemon;
        }
        catch (LabException e)
        {
            daemon.Dispose();
            ProcessOutcome log = await network.OutsideAsync("tail", "-n", "30", LogFile);
            throw new LabException($"dockerd is not ready:\n{log}", e);
        }
    }
}
