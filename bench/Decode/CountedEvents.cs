using Sallyport.Agent.Core.Decoding;

namespace Sallyport.Bench.Decode;

/// <summary>Reads one field of each event, so that nothing is left out as unused.</summary>
internal readonly struct CountedEvents(long[] total) : IDecodedEventSink
{
    public void Accept(in ProcessForkedEvent value) => total[0] += (long)value.Fixed.Pid;

    public void Accept(in ProcessExecutedEvent value) => total[0] += value.Argv.Length;

    public void Accept(in ProcessExitedEvent value) => total[0] += (long)value.Fixed.Status;

    public void Accept(in ConnectionEvent value) => total[0] += (long)value.Fixed.Port;

    public void Accept(in ConnectionClosedEvent value) => total[0] += (long)value.Fixed.BytesIn;

    public void Accept(in NameAskedEvent value) => total[0] += value.Name.Length;

    public void Accept(in NameLeasedEvent value) => total[0] += value.Addresses.Length;

    public void Accept(in FlowNamedEvent value) => total[0] += value.Name.Length;

    public void Accept(in ContainerCreatedEvent value) => total[0] += value.Id.Length;

    public void Accept(in DaemonAskedEvent value) => total[0] += value.Path.Length;

    public void Accept(in EnvironmentEvent value) => total[0] += value.Data.Length;

    public void Accept(in MachineChangedEvent value) => total[0] += value.Data.Length;

    public void Accept(in IntrusionEvent value) => total[0] += (long)value.Fixed.Header.Process;
}
