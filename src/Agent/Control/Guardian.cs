using System.Globalization;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Control;

/// <summary>
/// The agent's end of the guardian: a process in a session of its own that sees this one end, by whatever means, as
/// the end of a pipe. Without a last word it stops the command, hands over what was recorded, and removes the rest.
/// </summary>
internal sealed class Guardian : IDisposable
{
    private readonly FileStream words;

    private Guardian(FileStream words) => this.words = words;

    /// <param name="inherited">Descriptors of the caller's that the guardian must not keep open.</param>
    internal static Guardian Start(IEnumerable<int> inherited)
    {
        using var pipe = DescriptorPipe.Open();
        var number = OwnImage.Number(pipe.Reader).ToString(CultureInfo.InvariantCulture);
        _ = OwnImage.StartApart(["sallyport", "internal", "guard", number], inherited, pipe.Reader);
        return new Guardian(new FileStream(pipe.TakeWriter(), FileAccess.Write, 0));
    }

    /// <summary>Processes of this cgroup are stopped, and it is removed.</summary>
    internal void Watch(Cgroup cgroup) => Say(GuardOrder.Cgroup, cgroup.Folder);

    /// <summary>This process is stopped with all below it, where there is no cgroup.</summary>
    internal void Watch(ProcessIdentity process) => Say(
        GuardOrder.Process, string.Create(CultureInfo.InvariantCulture, $"{process.Pid} {process.StartTicks}"));

    /// <summary>This file, or this folder with all in it, is removed.</summary>
    internal void WatchPath(string path) => Say(GuardOrder.Remove, path);

    /// <summary>The recording in one folder is copied to the other, for its owner.</summary>
    internal void WatchRecording(string spool, string output, UserAccount owner)
    {
        Say(GuardOrder.Owner, string.Join(' ', new[] { owner.User, owner.Group }.Concat(owner.Groups)));
        Say(GuardOrder.Output, output);
        Say(GuardOrder.Spool, spool);
    }

    /// <summary>The agent has cleaned up by itself.</summary>
    internal void Release() => Say(GuardOrder.Done, "now");

    public void Dispose() => words.Dispose();

    private void Say(string word, string value) => words.Write(new GuardOrder(word, value).Format());
}
