namespace Sallyport.Agent.Core.Decoding;

/// <summary>Takes decoded events and does nothing: for records that are only to be judged.</summary>
internal readonly struct DiscardedEvents : IDecodedEventSink
{
    public void Accept(in ProcessForkedEvent value)
    {
    }

    public void Accept(in ProcessExecutedEvent value)
    {
    }

    public void Accept(in ProcessExitedEvent value)
    {
    }

    public void Accept(in ConnectionEvent value)
    {
    }

    public void Accept(in ConnectionClosedEvent value)
    {
    }

    public void Accept(in NameAskedEvent value)
    {
    }

    public void Accept(in NameLeasedEvent value)
    {
    }

    public void Accept(in FlowNamedEvent value)
    {
    }

    public void Accept(in ContainerCreatedEvent value)
    {
    }

    public void Accept(in EnvironmentEvent value)
    {
    }

    public void Accept(in DaemonAskedEvent value)
    {
    }

    public void Accept(in MachineChangedEvent value)
    {
    }

    public void Accept(in IntrusionEvent value)
    {
    }
}
