namespace Sallyport.Server.Search;

/// <summary>A job that did what was searched for.</summary>
/// <param name="Job">Its key.</param>
/// <param name="Matches">Events that match.</param>
/// <param name="FirstMs">First of them, milliseconds since 1970 by the job's clock.</param>
/// <param name="LastMs">Last of them.</param>
/// <param name="Step">Of the first, as its name; null when it was not known.</param>
/// <param name="Program">Path of the program that did it first.</param>
/// <param name="Command">Of that program.</param>
/// <param name="Target">Host, address, name or path of the first; null for a program.</param>
/// <param name="Refused">Whether any was refused.</param>
internal sealed record EventMatch(
    string Job, string Owner, string Repository, string Workflow, string JobName, string RunId, int RunAttempt, long RegisteredMs,
    long Matches, long FirstMs, long LastMs, string? Step, string? Program, string? Command, string? Target, bool Refused);
