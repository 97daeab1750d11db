using System.Runtime.InteropServices;
using Sallyport.Agent.Core.Detection;
using Sallyport.Policy;

namespace Sallyport.Agent.Kernel;

/// <summary>struct guard_modes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GuardModesValue
{
    private const byte Off = 0;
    internal const byte Report = 1;
    private const byte Block = 2;

    internal byte RunnerMemory;
    internal byte ForeignMemory;
    internal byte KernelMemory;
    internal byte CorePattern;
    internal byte Programs;
    internal byte Objects;
    internal byte Shells;
    internal byte Credentials;
    internal byte AtEntry;
    internal byte Modules;
    internal byte Root;
    internal byte Sudo;
    internal byte Mining;
    internal byte Disks;
    internal byte Runtimes;
    internal byte Lsm;
    internal byte Agent;
    internal byte Namespaces;
    internal byte Evasions;
    internal ulong BegunNs;

    /// <summary>BPF LSM refuses what is opened; the rest of the guard is there too.</summary>
    internal const byte LsmBeside = 1;

    /// <summary>BPF LSM is the whole guard.</summary>
    internal const byte LsmAlone = 2;

    /// <summary>Nothing is looked for.</summary>
    internal readonly bool IsOff => (RunnerMemory | ForeignMemory | KernelMemory | CorePattern | Programs | Objects | Credentials | Modules | Disks | Evasions) == Off;

    /// <summary>Something is prevented: calls are to be looked at before they are carried out.</summary>
    internal readonly bool Blocks =>
        RunnerMemory == Block || ForeignMemory == Block || KernelMemory == Block || CorePattern == Block || Programs == Block
        || Modules == Block || Disks == Block || Evasions == Block;

    /// <summary>What programs see that are there in any case: at the beginning of a program, on packets, and where BPF LSM asks.</summary>
    /// <param name="refuses">BPF LSM is in use: what is the agent's is looked after by it alone, which costs only who calls bpf(2).</param>
    internal readonly GuardModesValue WithoutCalls(bool refuses) => new()
    {
        Shells = Shells, Root = Root, Sudo = Sudo, BegunNs = BegunNs, Mining = Mining, Agent = Agent, Namespaces = Namespaces,
        Objects = refuses ? Objects : Off,
        Lsm = refuses ? LsmAlone : Off,
    };

    internal static GuardModesValue Of(DetectionActions actions, bool hasRunner)
    {
        var modes = ByFinding(actions, hasRunner);

        // Honest programs do it: unless somebody asks, only where there is a read to prevent.
        modes.Evasions = actions.NamesAny([ProcessFindings.MemoryGuardEvaded]) ? Mode(actions.Of(ProcessFindings.MemoryGuardEvaded))
            : modes.RunnerMemory == Block || modes.ForeignMemory == Block ? Block : Off;
        return modes;
    }

    private static GuardModesValue ByFinding(DetectionActions actions, bool hasRunner) => new()
    {
        RunnerMemory = hasRunner ? Mode(actions.Of(ProcessFindings.RunnerMemoryRead)) : Off,
        ForeignMemory = Mode(actions.Of(ProcessFindings.ForeignMemoryRead)),
        KernelMemory = Mode(actions.Of(ProcessFindings.KernelMemoryRead)),
        CorePattern = Mode(actions.Of(ProcessFindings.CorePatternChanged)),
        Programs = Mode(actions.Of(ProcessFindings.KernelProgramLoaded)),
        Objects = Mode(actions.Of(ProcessFindings.AgentObjectTaken)),
        Shells = Mode(actions.Of(ProcessFindings.SocketShell)),
        Modules = Mode(actions.Of(RootFindings.ModuleLoaded)),
        Disks = Mode(actions.Of(RootFindings.DiskWritten)),
        Mining = Mode(actions.Of(SupplyFindings.MiningProtocol)),
        Root = Mode(actions.Of(RootFindings.RootGained)),
        Agent = Mode(actions.Of(ProcessFindings.AgentAttacked)),

        // Honest programs make them: only whoever asks is told.
        Namespaces = actions.NamesAny([RootFindings.NamespaceMade]) ? Mode(actions.Of(RootFindings.NamespaceMade)) : Off,

        // Past the agent nobody looks at what a container is to have.
        Runtimes = hasRunner && actions.Of(ProcessFindings.PrivilegedContainer) == DetectionAction.Block ? Block : Off,

        // One open alone says nothing: which are too many, only the detector knows.
        Credentials = actions.Of(ProcessFindings.CredentialsSwept) == DetectionAction.Off ? Off : Report,
    };

    private static byte Mode(DetectionAction action) => action switch
    {
        DetectionAction.Off => Off,
        DetectionAction.Block => Block,
        _ => Report,
    };
}
