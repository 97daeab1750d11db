namespace Sallyport.Protocol.Recording;

/// <summary>A process of the job began.</summary>
/// <param name="Process">Id of the new process.</param>
/// <param name="Parent">Id of the process that forked it, or null when that one is outside the job.</param>
/// <param name="Pid">In the initial pid namespace.</param>
/// <param name="Step">Id of the step, when known.</param>
/// <param name="Container">Id of the container, or null on the host.</param>
public sealed record ProcessForked(
    string Process,
    string? Parent,
    int Pid,
    string? Step,
    string? Container) : RecordedEvent;
