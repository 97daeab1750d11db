using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>Looks at every attributed event and raises findings. One file per detector; its memory is bounded.</summary>
internal interface IDetector
{
    /// <summary>What it could not keep and so may not tell, since the start: its table was full.</summary>
    long Overflow => 0;

    /// <summary>Takes one event; findings go to the sink at once, with the event's boot time.</summary>
    void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink);
}
