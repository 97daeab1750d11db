using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Tests.Correlation;

/// <summary>A correlator and the list of what it wrote.</summary>
internal sealed class EventList : IEventSink<RecordedEvent>
{
    private readonly List<RecordedEvent> events = [];

    public JobCorrelator Correlator { get; } = new();

    public IReadOnlyList<RecordedEvent> All => events;

    public void Accept(RecordedEvent value) => events.Add(value);

    public EventList Main(params byte[][] records)
    {
        Array.ForEach(records, record => Assert.True(Correlator.Accept(RecordRing.Events, record, this)));
        return this;
    }

    public EventList Alert(params byte[][] records)
    {
        Array.ForEach(records, record => Assert.True(Correlator.Accept(RecordRing.Alerts, record, this)));
        return this;
    }

    public EventList Settle()
    {
        Correlator.Settle(this);
        return this;
    }

    public EventList Flush()
    {
        Correlator.Flush(this);
        return this;
    }

    public IReadOnlyList<TEvent> Of<TEvent>() => [.. events.OfType<TEvent>()];

    public TEvent Last<TEvent>() => events.OfType<TEvent>().Last();
}
