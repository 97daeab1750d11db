using Sallyport.Policy.Machine;

namespace Sallyport.Agent.Kernel;

/// <summary>How the kernel side is put in force.</summary>
/// <param name="Block">Refusing was asked for.</param>
/// <param name="CgroupRoot">Folder of the cgroup v2 hierarchy that the programs are attached to.</param>
/// <param name="Keeper">Keeps verdicts in force should this process be killed; null for none.</param>
internal sealed record KernelOptions(bool Block, string CgroupRoot, IAttachmentKeeper? Keeper)
{
    /// <summary>The job is a runner's: processes are adopted that run already, and executions are opened.</summary>
    internal bool HasRunner { get; init; }

    /// <summary>The folder is what the machine's settings limit everything to: outside of it there is nobody.</summary>
    internal bool IsLimited { get; init; }

    /// <summary>Number of the job among those of this machine, 1 to 30: what the packets of its containers are marked with; 0 for none.</summary>
    internal int Mark { get; init; }

    /// <summary>Who is judged.</summary>
    internal JobScope Scope { get; init; }
}
