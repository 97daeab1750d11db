namespace Sallyport.Protocol.Report;

/// <summary>Changes of one file by one process.</summary>
/// <param name="Id">Of the row.</param>
/// <param name="Path">Absolute.</param>
/// <param name="Change">
/// <c>created</c>, <c>linked</c>, <c>written</c>, <c>renamed</c>, <c>removed</c>, <c>mounted</c>; of tracked files also <c>replaced</c> and <c>found</c>.
/// </param>
/// <param name="Tracked">True when git tracks it.</param>
/// <param name="Before">Hash before the change, or null.</param>
/// <param name="After">Hash after the change, or null.</param>
/// <param name="Count">Changes.</param>
/// <param name="First">Wall clock.</param>
/// <param name="Step">Id, or null.</param>
/// <param name="Process">Id, or null.</param>
/// <param name="Container">Id, or null on the host. Added within v1: a report without it says nothing of containers.</param>
/// <param name="Target">What a symbolic link holds; null for all else. Added within v1.</param>
public sealed record FileDocument(
    string Id,
    string Path,
    string Change,
    bool Tracked,
    string? Before,
    string? After,
    long Count,
    DateTimeOffset First,
    string? Step,
    string? Process,
    string? Container = null,
    string? Target = null);
