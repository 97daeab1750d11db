namespace Sallyport.Agent.Kernel;

/// <summary>A process that ran before the kernel side was in force, as it is to be tagged.</summary>
/// <param name="Pid">In the initial pid namespace.</param>
/// <param name="Parent">Number of its parent's tag; 0 when that has none.</param>
/// <param name="Execution">That it belongs to; 0 for none.</param>
/// <param name="StepPolicy">Index of its policy.</param>
/// <param name="Flags">As <see cref="TaskTag"/> has them.</param>
internal sealed record AdoptedTask(int Pid, ulong Parent, uint Execution, byte StepPolicy, ushort Flags)
{
    /// <summary>It is the first process of its execution.</summary>
    internal bool OpensExecution { get; init; }
}
