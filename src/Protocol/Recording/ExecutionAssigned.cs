using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Recording;

/// <summary>
/// Says which step an execution belongs to: a process that Runner.Worker itself started, with all that descends from it.
/// The last line of an execution holds, also for what was recorded before it.
/// </summary>
/// <param name="Step">Id of the step; null when none is known.</param>
/// <param name="Process">Id of its first process, or null.</param>
/// <param name="Pid">Of that process, in the initial pid namespace.</param>
/// <param name="Name">Context name of the inner step of a composite action, or null.</param>
/// <param name="ActionPath">Folder of the composite action that it is a part of, or null.</param>
/// <param name="Confirmed">True when the kernel and the worker's log agree.</param>
/// <param name="Reason">Why, kebab-case: <c>identity-and-log</c>, <c>log</c>, <c>awaiting-log</c>, …</param>
/// <param name="IdTokenHost">Host where the step can ask for the job's OIDC token, when its environment names that host for nothing else. Not
/// written when there is none: recordings of before keep their seals.</param>
public sealed record ExecutionAssigned(
    string? Step,
    string? Process,
    int Pid,
    string? Name,
    string? ActionPath,
    bool Confirmed,
    string Reason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? IdTokenHost = null) : RecordedEvent;
