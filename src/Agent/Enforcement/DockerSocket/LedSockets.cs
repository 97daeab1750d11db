using System.Globalization;
using System.Text;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;
using Sallyport.Wire;

namespace Sallyport.Agent.Enforcement.DockerSocket;

/// <summary>
/// The pass-through for processes that run already and have the machine's mounts, those of a runner's job: the kernel leads
/// their connect() to the agent's socket (docs/adr/0012). Nothing on the machine changes, and whoever is not the job's
/// connects to the daemon as ever.
/// </summary>
internal sealed class LedSockets : IDisposable
{
    private readonly List<PassThrough> passing = [];
    private readonly string folder;

    private LedSockets(string folder) => this.folder = folder;

    /// <summary>Puts it in force; null where no daemon is here, or the kernel does not show who connects (before 6.7).</summary>
    /// <param name="kernel">Attached.</param>
    /// <param name="daemons">Found.</param>
    /// <param name="folder">Of this job: anybody may go through it, root alone writes.</param>
    /// <param name="pid">A process of the job, whose root the paths are meant in.</param>
    /// <param name="judge">May refuse requests; null lets all pass.</param>
    /// <param name="say">Told when something is weaker from here on.</param>
    internal static LedSockets? TryBegin(
        KernelObject kernel, ContainerDaemons daemons, string folder, int pid, IRequestJudge? judge, Action<string> say)
    {
        if (!OwnSocket.Daemons.Any(File.Exists) || !ProbeSet.SeesUnixConnects(KernelVersion.OfThisMachine()))
        {
            return null;
        }

        var seesOtherWays = kernel.Map("runtime_used").TryGet(0u, out uint used) && used == 0;
        using var root = PathHandle.TryOpen($"/proc/{pid}/root");
        if (!seesOtherWays || root is null || !FileStatus.TryRead(root, out var status) || status.Mount is <= 1 or > int.MaxValue)
        {
            say("containers: the job was at a container runtime before the agent could stand between them: who asked for a container is inferred");
            return null;
        }

        const UnixFileMode Enter = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        RootFolder.Ensure(Path.GetDirectoryName(folder)!);
        File.SetUnixFileMode(Path.GetDirectoryName(folder)!, Enter);
        RootFolder.Ensure(folder);
        File.SetUnixFileMode(folder, Enter);
        // Where the machine is the job's, whoever is led is judged, with a tag or without.
        var isMachines = kernel.Map(SettingsValue.Table).TryGet(0u, out SettingsValue now) && now.Machine != 0;
        var owners = new KernelOwners(kernel, daemons, isMachines, say);
        var windows = new DaemonWindows(owners, daemons.Builds);
        var sockets = new LedSockets(folder);
        try
        {
            foreach (var daemon in OwnSocket.Daemons)
            {
                var file = sockets.FileOf(sockets.passing.Count);
                if (OwnSocket.TryMake(daemon, file) is { } own)
                {
                    sockets.passing.Add(new PassThrough(
                        own.Listener, new DaemonSocket(new RuntimeSocket(daemon, 0, SpeaksHttp: true)), owners, windows, judge));
                    Write(kernel, daemon, file);
                    Write(kernel, "/var" + daemon, file);
                }
            }

            owners.BeginKnowing();
            foreach (var daemon in OwnSocket.Daemons.Where(File.Exists))
            {
                daemons.Lead(daemon, (uint)status.Mount);
                daemons.Lead("/var" + daemon, (uint)status.Mount);
            }

            return sockets;
        }
        catch
        {
            sockets.Dispose();
            throw;
        }
    }

    /// <summary>From here on root alone reaches a daemon by them, as by the daemon's own sockets that are closed with these.</summary>
    /// <exception cref="IOException">They stay open.</exception>
    internal void CloseToOthers()
    {
        for (var i = 0; i < passing.Count; i++)
        {
            var file = FileOf(i);
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            if (Interop.Libc.lchown(file, 0, 0) != 0)
            {
                throw Errno.Failure($"chown of {file}");
            }
        }
    }

    public void Dispose()
    {
        passing.ForEach(one => one.Dispose());
        Directory.Delete(folder, recursive: true);
    }

    private string FileOf(int index) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{index}"));

    private static void Write(KernelObject kernel, string path, string file)
    {
        var own = default(LedPath);
        _ = Encoding.UTF8.GetBytes(file, own);
        kernel.Map("led_paths").Set(Fnv1a.Hash(Encoding.UTF8.GetBytes(path)), own);
    }
}
