using System.Collections.Immutable;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Enforcement.DockerSocket;

/// <summary>The pass-through of one job, in force: its sockets, what the kernel knows of them, and who looks after them.</summary>
internal sealed class JobSockets : IDisposable
{
    private readonly List<PassThrough> passing = [];
    private OverlayWatch? watch;

    private JobSockets()
    {
    }

    /// <summary>Puts it in force before the job's first process runs anything.</summary>
    /// <param name="kernel">Attached.</param>
    /// <param name="daemons">Found.</param>
    /// <param name="overlay">As it was placed for this process.</param>
    /// <param name="pid">First process of the job, waiting.</param>
    /// <param name="judge">May refuse requests; null lets all pass.</param>
    /// <param name="say">Told when something is weaker from here on.</param>
    internal static JobSockets Begin(
        KernelObject kernel, ContainerDaemons daemons, SocketOverlay overlay, int pid, IRequestJudge? judge, Action<string> say)
    {
        var owners = new KernelOwners(kernel, daemons, everybodyIsOfJob: true, say);
        var windows = new DaemonWindows(owners, daemons.Builds);
        var sockets = new JobSockets();
        foreach (var socket in overlay.Sockets)
        {
            var daemon = new DaemonSocket(new RuntimeSocket(socket.Daemon, 0, SpeaksHttp: true));
            sockets.passing.Add(new PassThrough(socket.Listener, daemon, owners, windows, judge));
        }

        // Where connections to runtimes are not seen at all, each container counts as the job's from the start.
        var seesOtherWays = kernel.Map("runtime_used").TryGet(0u, out uint used) && used == 0;
        var places = PlacesOf(overlay, pid, out var rootMount);
        if (places.IsEmpty)
        {
            say("the job does not see the agent's socket in the place of the container runtime's");
        }
        else if (seesOtherWays)
        {
            sockets.Know(owners, daemons, places, pid, rootMount);
        }

        return sockets;
    }

    private void Know(
        KernelOwners owners, ContainerDaemons daemons, ImmutableArray<(string Path, FileStatus Own)> places, int pid,
        uint rootMount)
    {
        watch = OverlayWatch.TryBegin(pid, places, path =>
        {
            daemons.StopLeading(path);
            owners.GiveUpOrigins($"the agent's socket was taken from {path}");
        });
        if (watch is null)
        {
            return; // the process is gone already
        }

        owners.BeginKnowing();
        foreach (var (path, _) in places)
        {
            daemons.Lead(path, rootMount);
        }
    }

    public void Dispose()
    {
        watch?.Dispose();
        foreach (var one in passing)
        {
            one.Dispose();
        }
    }

    /// <summary>Every path by which the process is led to a socket of the agent's; all daemons, or none.</summary>
    private static ImmutableArray<(string Path, FileStatus Own)> PlacesOf(SocketOverlay overlay, int pid, out uint rootMount)
    {
        rootMount = 0;
        using var view = ProcessView.TryOpen(pid);
        using var root = PathHandle.TryOpen($"/proc/{pid}/root");
        if (view is null || root is null || !FileStatus.TryRead(root, out var status) || status.Mount is <= 1 or > int.MaxValue)
        {
            return [];
        }

        rootMount = (uint)status.Mount;
        var places = ImmutableArray.CreateBuilder<(string, FileStatus)>();
        foreach (var socket in overlay.Sockets)
        {
            using var own = PathHandle.TryOpen(socket.File);
            if (own is null || !FileStatus.TryRead(own, out var file) || !Leads(view, socket.Daemon, file))
            {
                return [];
            }

            places.Add((socket.Daemon, file));
            var other = "/var" + socket.Daemon;
            if (Leads(view, other, file))
            {
                places.Add((other, file));
            }
        }

        return places.ToImmutable();
    }

    private static bool Leads(ProcessView view, string path, FileStatus own)
    {
        using var file = view.TryFind(path);
        return file is not null && FileStatus.TryRead(file, out var status) && status.IsSameFile(own);
    }
}
