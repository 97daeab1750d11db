using Sallyport.Agent.Core.Decoding;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Tests.Decoding;

/// <summary>Counts what was decoded, by type.</summary>
internal readonly struct CountingEvents() : IDecodedEventSink
{
    public Dictionary<RecordType, int> Counts { get; } = [];

    public void Accept(in ProcessForkedEvent value) => Count(value.Fixed.Header.Type);

    public void Accept(in ProcessExecutedEvent value) => Count(value.Fixed.Header.Type);

    public void Accept(in ProcessExitedEvent value) => Count(value.Fixed.Header.Type);

    public void Accept(in ConnectionEvent value) => Count(value.Fixed.Header.Type);

    public void Accept(in ConnectionClosedEvent value) => Count(value.Fixed.Header.Type);

    public void Accept(in NameAskedEvent value) => Count(value.Fixed.Header.Type);

    public void Accept(in NameLeasedEvent value) => Count(value.Fixed.Header.Type);

    public void Accept(in FlowNamedEvent value) => Count(value.Fixed.Header.Type);

    public void Accept(in ContainerCreatedEvent value) => Count(value.Fixed.Header.Type);

    public void Accept(in DaemonAskedEvent value) => Count(value.Fixed.Header.Type);

    public void Accept(in EnvironmentEvent value) => Count(value.Fixed.Header.Type);

    public void Accept(in MachineChangedEvent value) => Count(value.Fixed.Header.Type);

    public void Accept(in IntrusionEvent value) => Count(value.Fixed.Header.Type);

    private void Count(RecordType type) => Counts[type] = Counts.GetValueOrDefault(type) + 1;
}
