using System.Collections.Immutable;
using System.Text.Json;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Enforcement.DockerSocket;
using Sallyport.Agent.Host;
using Sallyport.Protocol.Control;

namespace Sallyport.Agent.Runner.Privileges;

/// <summary>
/// `disable-sudo` and `disable-sudo-and-containers`: takes from the job's user what makes it root, for the time of the job.
/// Whoever reaches the socket of Docker (CVE-2025-32955), LXD or libvirt is root as well, so the first closes these too, also
/// where such a daemon listens elsewhere (<see cref="DaemonListeners"/>), or says that it cannot; groups that are root by other ways are said
/// (<see cref="RootGroups"/>).
/// </summary>
internal static class JobPrivileges
{
    private static readonly ImmutableArray<string> ContainerSockets =
    [
        .. RootGroups.DockerSockets, .. RootGroups.OtherSockets, "/run/containerd/containerd.sock", "/run/podman/podman.sock", "/run/buildkit/buildkitd.sock",
        "/run/crio/crio.sock",
    ];

    private static readonly ImmutableArray<string> RootlessTools =
        ["/usr/bin/podman", "/usr/bin/buildah", "/usr/bin/nerdctl", "/usr/bin/dockerd-rootless.sh", "/usr/bin/rootlesskit"];

    /// <summary>Takes what was asked; gives what stays open, one notice each.</summary>
    /// <exception cref="CommandFailure">Something could not be taken; all of it is given back.</exception>
    /// <param name="asked">What is to be taken.</param>
    /// <param name="user">Of the job.</param>
    /// <param name="jobId">Of the job.</param>
    /// <param name="agents">Processes that root with bounds is not to signal.</param>
    /// <param name="judgesContainers">What the job asks of Docker passes by a judge, who refuses what would give the machine away.</param>
    internal static ImmutableArray<ControlNotice> Take(
        ActionPrivileges asked, UserAccount user, string jobId, ImmutableArray<int> agents, bool judgesContainers)
    {
        if (asked == ActionPrivileges.Kept)
        {
            return [];
        }

        try
        {
            using var alone = MachineChanges.Alone();
            return TakeAlone(asked, user, jobId, agents, judgesContainers);
        }
        catch (Exception e) when (e is CommandFailure or IOException or UnauthorizedAccessException or JsonException)
        {
            _ = MachineChanges.Undo(jobId);
            throw e as CommandFailure
                ?? new CommandFailure(ExitCode.CannotEnforce, $"what the job is not to have cannot be taken from it: {e.Message}");
        }
    }

    private static ImmutableArray<ControlNotice> TakeAlone(
        ActionPrivileges asked, UserAccount user, string jobId, ImmutableArray<int> agents, bool judgesContainers)
    {
        var changes = new MachineChanges(jobId);
        var open = ImmutableArray.CreateBuilder<ControlNotice>();
        Add(open, "sudo stays open", asked == ActionPrivileges.BoundedSudo
            ? SudoBounds.Take(user, changes, jobId, agents) : SudoRights.Take(user, changes, jobId));
        var all = asked == ActionPrivileges.WithoutSudoAndContainers;
        var closed = new HashSet<ulong>();
        var isDockerJudged = asked == ActionPrivileges.BoundedSudo && judgesContainers;
        foreach (var socket in all ? ContainerSockets : [.. isDockerJudged ? [] : RootGroups.DockerSockets, .. RootGroups.OtherSockets])
        {
            if (changes.BeforeAnyChange(socket) is { } owner && owner.IsWritableBy(user) && closed.Add(FileIdentity.Inode(socket)))
            {
                changes.CloseToOthers(socket);
                Add(open, "containers stay open", user.User == 0
                    ? $"The job runs as root, and reaches {socket} whatever its permissions are." : null);
            }
        }

        foreach (var daemon in DaemonListeners.Find(withRuntimes: all))
        {
            Add(open, "containers stay open", CloseOther(daemon, isDockerJudged, user, changes, closed));
        }

        foreach (var text in RootGroups.LeftOpen(user, ProcText.TryRead("/etc/group") ?? string.Empty))
        {
            Add(open, "root stays open", text);
        }

        if (all && Rootless(user) is { } rootless)
        {
            open.Add(new ControlNotice("notice", "Containers without root stay open", rootless));
        }

        return open.ToImmutable();
    }

    /// <summary>Closes a socket that a daemon has somewhere else; gives why it stays open, as a sentence, or null.</summary>
    private static string? CloseOther(DaemonListener daemon, bool isDockerJudged, UserAccount user, MachineChanges changes, HashSet<ulong> closed)
    {
        var path = daemon.IsPath ? RunFolder.Short(daemon.Address) : null;
        if (path is not null && (closed.Contains(FileIdentity.Inode(path)) || (isDockerJudged && OwnSocket.Daemons.Contains(path))
            || changes.BeforeAnyChange(path)?.IsWritableBy(user) != true))
        {
            return null;
        }

        // Where others can write, another file may stand there in the moment that it is closed.
        if (path is not null && IsRootsAlone(path))
        {
            _ = closed.Add(FileIdentity.Inode(path));
            changes.CloseToOthers(path);
            return user.User == 0 ? $"The job runs as root, and reaches {path} whatever its permissions are." : null;
        }

        return $"{daemon.Program} listens at {daemon.Address} as well, which cannot be closed: unless it asks for a certificate, whoever reaches it there is as good as root.";
    }

    private static bool IsRootsAlone(string path)
    {
        var isSafe = new FileInfo(path).LinkTarget is null;
        for (var folder = Path.GetDirectoryName(path); isSafe && folder is not null; folder = Path.GetDirectoryName(folder))
        {
            isSafe = RootFolder.IsSafe(folder) && FileIdentity.Owner(folder) == 0;
        }

        return isSafe;
    }

    /// <summary>Containers without root are the user's own processes: nobody gives them, and they give nothing that the user has not.</summary>
    private static string? Rootless(UserAccount user)
    {
        string[] tools = [.. RootlessTools.Where(File.Exists)];
        return user.User == 0 || tools.Length == 0 ? null
            : $"{user.Name} can start containers without root ({string.Join(", ", tools)}): they are processes of the job, judged like any other, and never root.";
    }

    private static void Add(ImmutableArray<ControlNotice>.Builder open, string title, string? text)
    {
        if (text is not null)
        {
            open.Add(new ControlNotice("warning", title, text));
        }
    }
}
