namespace Sallyport.Protocol.Recording;

/// <summary>A call that reaches into another process, or into what watches.</summary>
/// <param name="Call">What it reached for, kebab-case: <c>memory-opened</c>.</param>
/// <param name="Of">Whose: <c>runner-worker</c>, <c>runner-listener</c>, <c>step</c>, <c>other</c>; null when nobody's.</param>
/// <param name="Target">Id of the process that was reached into; null when it is not of the job.</param>
/// <param name="TargetPid">In the initial pid namespace; 0 when it is nobody's.</param>
/// <param name="TargetStep">Id of the step of that process, when known.</param>
/// <param name="Connection">Id of the connection that is a program's input and output, or that spoke; or null.</param>
/// <param name="Detail">Number of the system call, command of bpf(2), operation of io_uring, family of credentials, port, signal, or how it was done (<c>SP_ROOT_*</c>, <c>SP_MODULE_*</c>, <c>SP_ATTACK_*</c>).</param>
/// <param name="Blocked">It was refused, or the process was killed before it had what it asked for.</param>
/// <param name="Count">Calls that this line stands for.</param>
/// <param name="Process">Who, or null when unknown.</param>
/// <param name="Step">Id of the step, when known.</param>
/// <param name="Container">Id of the container, or null on the host.</param>
public sealed record IntrusionSeen(
    string Call,
    string? Of,
    string? Target,
    int TargetPid,
    string? TargetStep,
    string? Connection,
    uint Detail,
    bool Blocked,
    long Count,
    string? Process,
    string? Step,
    string? Container) : RecordedEvent;
