namespace Sallyport.Protocol.Report;

/// <summary>A container of the job.</summary>
/// <param name="Id">64 hexadecimal digits, or 25 of 0-9 and a-z for a step of a BuildKit build.</param>
/// <param name="Name">As the runtime calls it, or null.</param>
/// <param name="Image">Reference of its image, or null.</param>
/// <param name="Step">Id of the step that asked for it, or null.</param>
/// <param name="StepInferred">True when the step is an inference and not an observation.</param>
/// <param name="First">When it was seen first, wall clock.</param>
public sealed record ContainerDocument(
    string Id,
    string? Name,
    string? Image,
    string? Step,
    bool StepInferred,
    DateTimeOffset First);
