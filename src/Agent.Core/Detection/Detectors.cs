using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>All detectors of a job, in the order of this list.</summary>
public sealed class Detectors
{
    private readonly IDetector[] all = [new ManyNamesDetector(), new MachineChangeDetector(), new SourceTamperedDetector()];

    /// <summary>Shows an event to every detector.</summary>
    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(sink);
        if (value is FindingRaised)
        {
            return; // a finding is no fact to find something in
        }

        foreach (var detector in all)
        {
            detector.Accept(value, sink);
        }
    }
}
