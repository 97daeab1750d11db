namespace Sallyport.Protocol.Report;

/// <summary>A process that the runner itself started for a step, with all that descends from it.</summary>
/// <param name="Id"><c>x</c> and its number, from 1.</param>
/// <param name="Process">Id, or null.</param>
/// <param name="Pid">In the initial pid namespace.</param>
/// <param name="Name">Context name of the inner step of a composite action, or null.</param>
/// <param name="ActionPath">Folder of the composite action that it is a part of, or null.</param>
/// <param name="Confirmed">True when the kernel and the runner's log agree on the step.</param>
/// <param name="Reason">Why, kebab-case.</param>
public sealed record ExecutionDocument(
    string Id,
    string? Process,
    int Pid,
    string? Name,
    string? ActionPath,
    bool Confirmed,
    string Reason);
