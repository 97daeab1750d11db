namespace Sallyport.Protocol.Recording;

/// <summary>A process set a variable or a folder of programs for the steps after its own, by a file that the runner reads.</summary>
/// <param name="File">Name of that file: <c>set_env_…</c> or <c>add_path_…</c>.</param>
/// <param name="Variable">Name of the variable, <c>?</c> for what is no name; its value is not recorded. Null for a folder.</param>
/// <param name="Folder">Put before PATH, at most 512 characters, masked; null for a variable.</param>
/// <param name="Effect">
/// What it does to programs of later steps, where that is known to do harm: <c>code</c> (they run what it names), <c>trust</c> (they trust
/// whom it names, or call by way of it), <c>search</c> (they look for code there), <c>hidden</c> (the file could not be read); or null.
/// </param>
/// <param name="Why">Why the file could not be read, or null.</param>
/// <param name="Process">Who wrote the file last, or null when unknown.</param>
/// <param name="Step">Id of the step, when known.</param>
/// <param name="Container">Id of the container, or null on the host.</param>
public sealed record EnvironmentSet(
    string File,
    string? Variable,
    string? Folder,
    string? Effect,
    string? Why,
    string? Process,
    string? Step,
    string? Container) : RecordedEvent;
