using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Runner;

/// <summary>Passes events on to a sink that is made later than who writes them.</summary>
internal sealed class EventRelay : IEventSink<RecordedEvent>
{
    /// <summary>Set before the first event.</summary>
    internal IEventSink<RecordedEvent>? Target { get; set; }

    public void Accept(RecordedEvent value) =>
        (Target ?? throw new InvalidOperationException("an event came before its sink")).Accept(value);
}
