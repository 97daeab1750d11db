using Sallyport.Agent.Core.Correlation;
using Sallyport.Policy;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary><c>package-published</c>: a program began that publishes, by its file and arguments. Keeps nothing itself.</summary>
internal sealed class PublishDetector(Lineage lineage, StepExpectations steps) : IDetector
{
    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        if (value is ProcessExecuted executed && lineage.Find(executed.Process) is { } entry
            && PublishCommand.Find(executed.Exe, entry.Script, executed.Argv) is { } command)
        {
            steps.Judge(
                StepRight.Publish,
                Finding.Of(
                    SupplyFindings.PackagePublished, executed with { Execution = entry.Execution }, executed.Process, null, isBlocked: false,
                    ("command", command), ("container", executed.Container)),
                sink);
        }
    }
}
