namespace Sallyport.Agent.Core.GitHub.Commands;

/// <summary>Something that a process has set for the steps after its own.</summary>
/// <param name="File">Name of the runner's file that it stands in.</param>
/// <param name="Variable">Its name; null for a folder, and where the file was not read.</param>
/// <param name="Folder">Of programs; null for a variable.</param>
/// <param name="Effect">A word of <see cref="LaterEffect"/>, or null.</param>
/// <param name="Why">The file was not read; null otherwise.</param>
/// <param name="Process">The kernel's number; 0 when it is not known.</param>
/// <param name="BootTimeNs">When it was seen.</param>
public sealed record LaterSetting(
    string File, string? Variable, string? Folder, string? Effect, string? Why, ulong Process, long BootTimeNs);
