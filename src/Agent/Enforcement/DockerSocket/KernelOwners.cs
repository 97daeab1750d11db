using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Enforcement.DockerSocket;

/// <summary>The kernel's table of owners, and the tags of the job's processes.</summary>
/// <param name="kernel">Loaded.</param>
/// <param name="daemons">Whose own traffic is attributed.</param>
/// <param name="everybodyIsOfJob">Only the job sees the socket: who has no tag is the job's all the same.</param>
/// <param name="onGivenUp">Told once, when origins are not known any more.</param>
internal sealed class KernelOwners(
    KernelObject kernel, ContainerDaemons daemons, bool everybodyIsOfJob, Action<string> onGivenUp) : IOwnerTable
{
    private static readonly ContainerOwner SomebodyOfJob = new(0, 0, IsInferred: true);

    private readonly KernelMap table = kernel.Map("container_owners");
    private readonly JobTasks tasks = new(kernel);
    private readonly Lock giving = new();
    private bool isGivenUp;

    /// <summary>From here on every way of the job to a runtime is watched.</summary>
    internal void BeginKnowing() => table.Set(ContainerKey.OriginsKnown, default(OwnerValue));

    public ContainerOwner? Find(int pid)
    {
        if (tasks.TryGet(pid, out var tag))
        {
            return (tag.Flags & TaskTag.Daemon) == 0 ? new ContainerOwner(tag.Process, tag.Execution, IsInferred: false)
                : everybodyIsOfJob ? SomebodyOfJob
                : null;
        }

        // It may have ended since it connected; one of the job's that did is remembered.
        return everybodyIsOfJob || kernel.Map("ended").TryGet((uint)pid, out ulong _) ? SomebodyOfJob : null;
    }

    public ContainerOwner? OwnerOf(string container) =>
        table.TryGet(ContainerKey.Of(container), out OwnerValue value)
            ? new ContainerOwner(value.Process, value.Execution, (value.Flags & OwnerValue.Inferred) != 0)
            : null;

    public bool TrySetOwner(string container, ContainerOwner owner) =>
        table.TrySet(ContainerKey.Of(container), OwnerValue.Of(owner));

    public bool TryExpectJoin(string container, ContainerOwner owner) =>
        table.TrySet(ContainerKey.Of(container).Turned(), OwnerValue.Of(owner));

    public bool IsJoinExpected(string container) => table.TryGet(ContainerKey.Of(container).Turned(), out OwnerValue _);

    public void ForgetJoin(string container) => table.Remove(ContainerKey.Of(container).Turned());

    public void SetBuild(bool buildKit, ContainerOwner? owner)
    {
        var key = buildKit ? ContainerKey.BuildKit : ContainerKey.ClassicBuild;
        if (owner is null)
        {
            table.Remove(key);
        }
        else if (!table.TrySet(key, OwnerValue.Of(owner)))
        {
            GiveUpOrigins("the kernel's table of containers is full");
        }
    }

    public void SetDaemonWork(ContainerOwner? owner) => daemons.ActFor(owner?.Execution ?? 0);

    public void GiveUpOrigins(string why)
    {
        lock (giving)
        {
            kernel.Map("runtime_used").Set(0u, 1u);
            table.Remove(ContainerKey.OriginsKnown);
            if (isGivenUp)
            {
                return;
            }

            isGivenUp = true;
        }

        onGivenUp(why + ": containers that start from here on count as the job's");
    }
}
