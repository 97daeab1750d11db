using Sallyport.Agent.Core.Decoding;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>Takes decoded events to the part that attributes them, and on to one sink.</summary>
internal readonly struct Attribution(
    ProcessEvents processes,
    NetworkEvents network,
    ContainerEvents containers,
    EnvironmentAssembly environments,
    MachineEvents machine,
    IntrusionEvents intrusions,
    IEventSink<RecordedEvent> sink) : IDecodedEventSink
{
    public void Accept(in ProcessForkedEvent value) => processes.Forked(in value, sink);

    public void Accept(in ProcessExecutedEvent value) => processes.Executed(in value, sink);

    public void Accept(in ProcessExitedEvent value) => processes.Exited(in value, sink);

    public void Accept(in ConnectionEvent value) => network.Judged(in value, sink);

    public void Accept(in ConnectionClosedEvent value) => network.Closed(in value, sink);

    public void Accept(in NameAskedEvent value) => network.Asked(in value, sink);

    public void Accept(in NameLeasedEvent value) => network.Leased(in value, sink);

    public void Accept(in FlowNamedEvent value) => network.Named(in value, sink);

    public void Accept(in ContainerCreatedEvent value) => containers.Created(in value, sink);

    public void Accept(in DaemonAskedEvent value)
    {
        containers.Asked(in value);
        network.Asked(in value, sink);
    }

    public void Accept(in EnvironmentEvent value) => environments.Accept(in value);

    public void Accept(in MachineChangedEvent value) => machine.Changed(in value, sink);

    public void Accept(in IntrusionEvent value) => intrusions.Seen(in value, sink);
}
