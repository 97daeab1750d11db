namespace Sallyport.Agent.Enforcement.DockerSocket;

/// <summary>
/// Requests during which the daemon does things of its own accord. With one at a time, or several of one process, what it
/// does is that one's; with several it is a guess, and where their steps differ nobody's in particular. Bounded by the
/// connections.
/// </summary>
internal sealed class OwnerWindow(Action<ContainerOwner?> tell)
{
    private readonly List<ContainerOwner> open = [];
    private readonly Lock changing = new();

    internal void Open(ContainerOwner owner)
    {
        lock (changing)
        {
            open.Add(owner);
            tell(Common());
        }
    }

    internal void Close(ContainerOwner owner)
    {
        lock (changing)
        {
            _ = open.Remove(owner);
            tell(Common());
        }
    }

    private ContainerOwner? Common()
    {
        if (open.Count == 0)
        {
            return null;
        }

        var last = open[^1];
        var isOneStep = open.TrueForAll(owner => owner.Execution == last.Execution);
        var isOne = isOneStep && open.TrueForAll(owner => owner.Process == last.Process);
        return new ContainerOwner(
            isOneStep ? last.Process : 0, isOneStep ? last.Execution : 0, !isOne || last.IsInferred);
    }
}
