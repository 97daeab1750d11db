using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Bench.Decode;

/// <summary>Takes events and forgets them.</summary>
internal sealed class NullSink : IEventSink<RecordedEvent>
{
    public void Accept(RecordedEvent value)
    {
    }
}
