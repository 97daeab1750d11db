namespace Sallyport.Agent.Core.Files;

/// <summary>What one process did to one file within a second or so.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Change"><c>created</c>, <c>linked</c>, <c>written</c>, <c>renamed</c>, <c>removed</c> or <c>mounted</c>.</param>
/// <param name="Process">The kernel's number.</param>
/// <param name="Count">Times that it was told.</param>
/// <param name="BootTimeNs">When it was first told.</param>
/// <param name="Target">What a symbolic link holds; null for all else.</param>
/// <param name="InContainer">What the container of the process calls it; null when it is in none, or has no name for it.</param>
public sealed record FileActivity(
    string Path, string Change, ulong Process, long Count, long BootTimeNs, string? Target = null, string? InContainer = null);
