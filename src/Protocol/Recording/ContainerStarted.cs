namespace Sallyport.Protocol.Recording;

/// <summary>A container of the job was seen.</summary>
/// <param name="Container">Its id: 64 hexadecimal digits, or 25 of 0-9 and a-z for a step of a BuildKit build.</param>
/// <param name="Name">As the runtime calls it, when known.</param>
/// <param name="Image">Reference of its image, when known.</param>
/// <param name="Step">Id of the step that asked for it, when known.</param>
/// <param name="StepInferred">True when the step is an inference and not an observation.</param>
/// <param name="HostAccess">
/// What it has of its machine, parted by commas: <c>privileged</c>, <c>capabilities</c>, <c>pids</c>, <c>network</c>, <c>files</c>,
/// <c>devices</c>, <c>runtime-socket</c>. Null for nothing, and when it is not known.
/// </param>
public sealed record ContainerStarted(
    string Container,
    string? Name,
    string? Image,
    string? Step,
    bool StepInferred,
    string? HostAccess = null) : RecordedEvent;
