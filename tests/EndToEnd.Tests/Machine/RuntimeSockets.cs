using Sallyport.Lab.Processes;

namespace Sallyport.EndToEnd.Tests.Machine;

/// <summary>
/// Sockets where daemons have theirs that do as root what whoever reaches them asks, of the group of <see cref="RunnerMachine.User"/>. Who
/// answers there says nothing. Docker's own is tried with a real daemon (DockerGroupTests).
/// </summary>
public sealed class RuntimeSockets : IAsyncDisposable
{
    /// <summary>
    /// Closed by disable-sudo already: LXD as package and as snap, Incus, libvirt's three, MicroK8s; and podman's, which speaks as Docker does:
    /// the job is led past it to a socket that is closed.
    /// </summary>
    private static readonly string[] s_other =
    [
        "/var/lib/lxd/unix.socket", "/var/snap/lxd/common/lxd/unix.socket", "/var/lib/incus/unix.socket",
        "/run/libvirt/libvirt-sock", "/run/libvirt/virtqemud-sock", "/run/libvirt/virtlxcd-sock", "/var/snap/microk8s/common/run/containerd.sock",
        "/run/podman/podman.sock",
    ];

    private static readonly string[] s_containers =
        ["/run/containerd/containerd.sock", "/run/buildkit/buildkitd.sock", "/run/crio/crio.sock"];

    /// <summary>EACCES: refused by the socket's mode.</summary>
    private const int Refused = 13;

    /// <summary>/var goes to the client's memory, once; the agent's own folder stays where the test can read it.</summary>
    private const string Prepare = $"""
        if [ ! -e /run/lab/var ]; then
          mkdir -p /run/lab/var/upper /run/lab/var/work
          mount -t overlay overlay -o lowerdir=/var,upperdir=/run/lab/var/upper,workdir=/run/lab/var/work /var
          mount --bind {RunnerMachine.Work}/var /var/lib/sallyport
        fi
        """;

    private const string Listen = """
        import os, selectors, socket, sys
        group, ready = int(sys.argv[1]), selectors.DefaultSelector()
        for path in sys.argv[2:]:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if os.path.exists(path): os.unlink(path)
            own = socket.socket(socket.AF_UNIX)
            own.bind(path); os.chown(path, 0, group); os.chmod(path, 0o660); own.listen(16)
            ready.register(own, selectors.EVENT_READ)
        print("listening", flush=True)
        while True:
            for key, _ in ready.select(): key.fileobj.accept()[0].close()
        """;

    private readonly RunnerMachine _machine;
    private readonly LabProcess _process;

    private RuntimeSockets(RunnerMachine machine, LabProcess process) => (_machine, _process) = (machine, process);

    public static string[] Paths { get; } = [.. s_other, .. s_containers];

    public static async Task<RuntimeSockets> MakeAsync(RunnerMachine machine)
    {
        await machine.ShellAsync(Prepare);
        LabProcess process = machine.Network.Start(["python3", "-c", Listen, "4242", .. Paths]);
        await process.SaysAsync("listening", TimeSpan.FromSeconds(20));
        return new RuntimeSockets(machine, process);
    }

    /// <summary>Lines of a step: a sign with what connect(2) says of each path.</summary>
    public static string Knock(string sign) => $"""
        python3 -c 'import socket, sys; print(*(socket.socket(socket.AF_UNIX).connect_ex(path) for path in sys.argv[1:]))' {string.Join(' ', Paths)} > $SIGNS/{sign}
        """;

    public static string Expected(bool isOtherClosed, bool isContainersClosed) => string.Join(
        ' ', [.. s_other.Select(_ => isOtherClosed ? Refused : 0), .. s_containers.Select(_ => isContainersClosed ? Refused : 0)]);

    /// <summary>As they were made.</summary>
    public async Task AssertOpenAsync() => Assert.All(
        (await _machine.ShellAsync("stat -c '%u %g %a' \"$@\"", Paths)).TrimEnd().Split('\n'), line => Assert.Equal("0 4242 660", line));

    public async ValueTask DisposeAsync()
    {
        _process.Dispose();
        await _machine.ShellAsync("rm \"$@\"", Paths);
    }
}
