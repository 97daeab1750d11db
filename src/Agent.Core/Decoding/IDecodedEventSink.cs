namespace Sallyport.Agent.Core.Decoding;

/// <summary>Takes decoded events; each is a view of bytes that are reused after the call.</summary>
public interface IDecodedEventSink
{
    /// <summary>A process began.</summary>
    void Accept(in ProcessForkedEvent value);

    /// <summary>A process replaced its program.</summary>
    void Accept(in ProcessExecutedEvent value);

    /// <summary>A process ended.</summary>
    void Accept(in ProcessExitedEvent value);

    /// <summary>A flow was judged.</summary>
    void Accept(in ConnectionEvent value);

    /// <summary>A flow ended.</summary>
    void Accept(in ConnectionClosedEvent value);

    /// <summary>A DNS question was judged.</summary>
    void Accept(in NameAskedEvent value);

    /// <summary>An answer leased addresses.</summary>
    void Accept(in NameLeasedEvent value);

    /// <summary>A flow said its name.</summary>
    void Accept(in FlowNamedEvent value);

    /// <summary>A container was made.</summary>
    void Accept(in ContainerCreatedEvent value);

    /// <summary>A container runtime's socket was connected to.</summary>
    void Accept(in DaemonAskedEvent value);

    /// <summary>An execution began with this environment, or a piece of it.</summary>
    void Accept(in EnvironmentEvent value);

    /// <summary>The job changed where packets go, or what names mean.</summary>
    void Accept(in MachineChangedEvent value);

    /// <summary>A call reached into another process, or into what watches.</summary>
    void Accept(in IntrusionEvent value);
}
