using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Control;

/// <summary>
/// The agent's end of the guardian: a process in a session of its own that sees this one end, by whatever means, as
/// the end of a pipe. Without a last word it stops the command, hands over what was recorded, and removes the rest.
/// It holds a second descriptor of every link, so that verdicts go on until the command is dead.
/// </summary>
internal sealed class Guardian : IAttachmentKeeper, IDisposable
{
    private readonly FileStream words;
    private readonly DescriptorHold hold;
    private readonly Lock speaking = new();
    private ImmutableArray<TrafficFilter> filters = [];
    private PinnedLinks? pins;

    private Guardian(int pid, FileStream words, DescriptorHold hold)
    {
        Pid = pid;
        this.words = words;
        this.hold = hold;
    }

    /// <summary>Of its process.</summary>
    internal int Pid { get; }

    /// <summary>Filters that were kept so far.</summary>
    internal ImmutableArray<TrafficFilter> Filters => filters;

    /// <summary>True once it was found dead: nobody would clean up after this process.</summary>
    internal bool IsGone { get; private set; }

    /// <param name="inherited">Descriptors of the caller's that the guardian must not keep open.</param>
    internal static Guardian Start(IEnumerable<int> inherited)
    {
        using var pipe = DescriptorPipe.Open();
        var hold = DescriptorHold.Open();
        var pid = OwnImage.StartApart(
            ["sallyport", "internal", "guard", Number(pipe.Reader), Number(hold.Holder)], inherited, pipe.Reader, hold.Holder);
        return new Guardian(pid, new FileStream(pipe.TakeWriter(), FileAccess.Write, 0), hold);
    }

    /// <summary>Links get names there too, from now on.</summary>
    internal void PinIn(PinnedLinks folder) => pins = folder;

    public bool TryKeep(int link)
    {
        var isPinned = pins?.TryAdd(link) ?? false;
        return hold.TryAdd(link) || isPinned;
    }

    public void Forget(int link) => pins?.Remove(link);

    /// <summary>Also called by the thread that follows the devices.</summary>
    public void Keep(TrafficFilter filter)
    {
        _ = ImmutableInterlocked.Update(ref filters, (all, one) => all.Add(one), filter);
        Say(GuardOrder.Filter, filter.Format());
    }

    /// <summary>Processes of this cgroup are stopped, and it is removed.</summary>
    internal void Watch(Cgroup cgroup) => Say(GuardOrder.Cgroup, cgroup.Folder);

    /// <summary>This process is stopped with all below it, where there is no cgroup.</summary>
    internal void Watch(ProcessIdentity process) => Tell(GuardOrder.Of(GuardOrder.Process, process));

    /// <summary>Carried out when this process ends without a last word.</summary>
    internal void Tell(GuardOrder order) => Say(order.Word, order.Value);

    /// <summary>This file, or this folder with all in it, is removed.</summary>
    internal void WatchPath(string path) => Say(GuardOrder.Remove, path);

    /// <summary>The agent has cleaned up by itself.</summary>
    internal void Release() => Say(GuardOrder.Done, "now");

    /// <summary>When it returns, nothing is attached any more that only the guardian held.</summary>
    public void Dispose()
    {
        words.Dispose();
        hold.LetGo();
        hold.Dispose();
    }

    private void Say(string word, string value)
    {
        lock (speaking)
        {
            try
            {
                words.Write(new GuardOrder(word, value).Format());
            }
            catch (IOException)
            {
                IsGone = true; // nobody reads
            }
        }
    }

    private static string Number(SafeFileHandle handle) => OwnImage.Number(handle).ToString(CultureInfo.InvariantCulture);
}
