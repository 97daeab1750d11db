using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// <c>program-removed-itself</c>: a process, or one that it started, takes away the file that it runs, be it a script. Whoever
/// started it may do that, and so clean up. Keeps nothing itself.
/// </summary>
internal sealed class SelfRemovalDetector(Lineage lineage) : IDetector
{
    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        if (value is FileChanged { Change: "removed", Process: { } by } removed && lineage.RunnerOf(removed.InContainer ?? removed.Path, by) is { } runner)
        {
            sink.Accept(Finding.Of(
                ProcessFindings.ProgramRemovedItself,
                removed,
                runner.Process,
                removed.Step,
                isBlocked: false,
                ("program", removed.InContainer ?? removed.Path),
                ("removedBy", lineage.Find(by)?.Exe),
                ("container", removed.Container)));
        }
    }
}
