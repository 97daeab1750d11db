using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>Passes findings on, but for those of a kind that the policy switches off.</summary>
internal sealed class WantedFindings : IEventSink<RecordedEvent>
{
    public DetectionActions Actions { get; set; } = DetectionActions.Default;

    /// <summary>Of the present call.</summary>
    public IEventSink<RecordedEvent>? Sink { get; set; }

    public void Accept(RecordedEvent value)
    {
        if (value is not FindingRaised finding || !Actions.IsOff(finding.Finding))
        {
            Sink?.Accept(value);
        }
    }
}
