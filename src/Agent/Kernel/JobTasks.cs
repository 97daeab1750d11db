using Sallyport.Agent.Host;

namespace Sallyport.Agent.Kernel;

/// <summary>Which processes are the job's, by the kernel's own tables. May be asked by any thread.</summary>
internal sealed class JobTasks(KernelObject kernel)
{
    private readonly KernelMap tasks = kernel.Map("tasks");
    private readonly KernelMap ended = kernel.Map("ended");

    /// <summary>The tag of this very process, not of one that had its number before.</summary>
    internal bool TryGet(int pid, out TaskTag tag)
    {
        tag = default;
        return pid > 0 && tasks.TryGet((uint)pid, out tag) && ProcessIdentity.Of(pid) is { } process && tag.IsOf(process);
    }

    /// <summary>Number of a process of the job that is alive; 0 for any other, and for a daemon that acts for the job.</summary>
    internal ulong ProcessOf(uint pid) =>
        pid != 0 && tasks.TryGet<uint, TaskTag>(pid, out var tag) && (tag.Flags & TaskTag.Daemon) == 0 ? tag.Process : 0;

    /// <summary>Alive, or ended a moment ago.</summary>
    internal bool IsOrWasOfJob(uint pid) => pid != 0 && (ProcessOf(pid) != 0 || ended.TryGet<uint, ulong>(pid, out _));
}
