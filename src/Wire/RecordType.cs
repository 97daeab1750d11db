namespace Sallyport.Wire;

/// <summary><c>enum sp_record_type</c>: which structure follows the header.</summary>
public enum RecordType : ushort
{
    /// <summary><see cref="ProcessForkedRecord"/>.</summary>
    ProcessForked = 1,

    /// <summary><see cref="ProcessExecutedRecord"/>.</summary>
    ProcessExecuted = 2,

    /// <summary><see cref="ProcessExitedRecord"/>.</summary>
    ProcessExited = 3,

    /// <summary><see cref="ConnectionRecord"/>: a new flow, or a packet without one, was judged.</summary>
    Connection = 4,

    /// <summary><see cref="ConnectionClosedRecord"/>.</summary>
    ConnectionClosed = 5,

    /// <summary><see cref="NameAskedRecord"/>: a DNS question was judged.</summary>
    NameAsked = 6,

    /// <summary><see cref="NameLeasedRecord"/>: an answer leased addresses to a name.</summary>
    NameLeased = 7,

    /// <summary><see cref="FlowNamedRecord"/>: a flow said its name and was judged by it.</summary>
    FlowNamed = 8,

    /// <summary><see cref="ContainerCreatedRecord"/>: a cgroup with a container's id was made for the job.</summary>
    ContainerCreated = 9,

    /// <summary>
    /// <see cref="DaemonAskedRecord"/>: a process of the job connected to a container runtime's socket.
    /// </summary>
    DaemonAsked = 10,

    /// <summary><see cref="EnvironmentRecord"/>: a piece of the environment that an execution began with.</summary>
    Environment = 11,

    /// <summary><see cref="WorkerArrivedRecord"/>: a program named Runner.Worker began.</summary>
    WorkerArrived = 12,

    /// <summary><see cref="MachineChangedRecord"/>: the job changed where packets go, or what names mean.</summary>
    MachineChanged = 13,

    /// <summary><see cref="IntrusionRecord"/>: a call that reaches into another process, or into what watches.</summary>
    Intrusion = 20,
}
