using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>Each change of where packets go or what names mean is a finding, of a kind of the catalogue.</summary>
internal sealed class MachineChangeDetector : IDetector
{
    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        if (value is MachineChanged changed && FindingCatalogue.Find(changed.Change) is { CanBlock: false } kind)
        {
            sink.Accept(new FindingRaised(
                kind.Id, kind.Title, kind.Severity, "reported", changed.Facts, changed.Process, changed.Step)
            {
                BootTimeNs = changed.BootTimeNs,
                Execution = changed.Execution,
            });
        }
    }
}
