namespace Sallyport.Agent.Core.Sources;

/// <summary>What a process did to a tracked file.</summary>
/// <param name="Process">The kernel's number; 0 for nobody of the job.</param>
/// <param name="Pid">In the initial pid namespace.</param>
/// <param name="BootTimeNs">When it was told.</param>
/// <param name="IsTrusted">It was git, or a tool that the policy names.</param>
/// <param name="Kind">What it did; several when they were told as one.</param>
public sealed record SourceWriting(ulong Process, uint Pid, long BootTimeNs, bool IsTrusted, SourceWritingKind Kind);
