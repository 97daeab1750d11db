using System.Collections.Immutable;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Host;
using Sallyport.Protocol.Control;

namespace Sallyport.Agent.Runner.Privileges;

/// <summary>
/// `disable-sudo` and `disable-sudo-and-containers`: takes from the job's user what makes it root, for the time of the job.
/// Whoever reaches Docker's socket is root as well (CVE-2025-32955), so the first closes it too.
/// </summary>
internal static class JobPrivileges
{
    private static readonly ImmutableArray<string> DockerSockets = ["/run/docker.sock", "/var/run/docker.sock"];

    private static readonly ImmutableArray<string> ContainerSockets =
    [
        .. DockerSockets, "/run/containerd/containerd.sock", "/run/podman/podman.sock", "/run/buildkit/buildkitd.sock",
        "/run/crio/crio.sock",
    ];

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

        var changes = new MachineChanges(jobId);
        var open = ImmutableArray.CreateBuilder<ControlNotice>();
        try
        {
            Add(open, "sudo", asked == ActionPrivileges.BoundedSudo
                ? SudoBounds.Take(user, changes, jobId, agents) : SudoRights.Take(user, changes, jobId));
            if (asked == ActionPrivileges.BoundedSudo && judgesContainers)
            {
                return open.ToImmutable();
            }

            var all = asked == ActionPrivileges.WithoutSudoAndContainers;
            var closed = new HashSet<ulong>();
            foreach (var socket in all ? ContainerSockets : DockerSockets)
            {
                if (FileOwner.TryOf(socket) is { } owner && owner.IsWritableBy(user) && closed.Add(FileIdentity.Inode(socket)))
                {
                    changes.CloseToOthers(socket);
                    Add(open, "containers", user.User == 0
                        ? $"The job runs as root, and reaches {socket} whatever its permissions are." : null);
                }
            }

            return open.ToImmutable();
        }
        catch (Exception e) when (e is CommandFailure or IOException or UnauthorizedAccessException)
        {
            _ = MachineChanges.Undo(jobId);
            throw e as CommandFailure
                ?? new CommandFailure(ExitCode.CannotEnforce, $"what the job is not to have cannot be taken from it: {e.Message}");
        }
    }

    private static void Add(ImmutableArray<ControlNotice>.Builder open, string what, string? text)
    {
        if (text is not null)
        {
            open.Add(new ControlNotice("warning", $"{what} stays open", text));
        }
    }
}
