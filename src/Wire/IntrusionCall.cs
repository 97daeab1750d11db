namespace Sallyport.Wire;

/// <summary><c>enum sp_intrusion_call</c>: what a call reached for.</summary>
public enum IntrusionCall : ushort
{
    /// <summary>/proc/PID/mem was opened.</summary>
    MemoryOpened = 1,

    /// <summary>/proc/PID/environ was opened.</summary>
    EnvironmentOpened = 2,

    /// <summary>process_vm_readv(2) or process_vm_writev(2).</summary>
    MemoryCopied = 3,

    /// <summary>ptrace(2) or perf_event_open(2) of another process.</summary>
    Traced = 4,

    /// <summary>pidfd_getfd(2).</summary>
    DescriptorTaken = 5,

    /// <summary>Opened by io_uring where no hook sees what it is.</summary>
    DescriptorHidden = 6,

    /// <summary>/proc/kcore or /dev/mem was opened.</summary>
    KernelMemoryOpened = 8,

    /// <summary>/proc/sys/kernel/core_pattern was opened for writing.</summary>
    CorePatternOpened = 9,

    /// <summary>bpf(2): a kernel program was loaded, attached or detached.</summary>
    ProgramLoaded = 10,

    /// <summary>bpf(2): a descriptor of a table, program or link of the agent's.</summary>
    ObjectTaken = 11,

    /// <summary>A program began whose input and output are one connection; the target is the socket's cookie.</summary>
    SocketShell = 12,

    /// <summary>A file of credentials was opened to read; the detail is the number of its family.</summary>
    CredentialOpened = 13,

    /// <summary>A kernel module, or another kernel, was tried to be loaded; the detail says which.</summary>
    ModuleLoaded = 14,

    /// <summary>A process that had no root has it; the detail says how.</summary>
    RootGained = 15,

    /// <summary>A flow spoke the protocol of a pool of miners; the target is the socket's cookie.</summary>
    MiningSpoken = 16,

    /// <summary>A block device that is in use was opened to write.</summary>
    DiskOpened = 17,

    /// <summary>A process of the agent's was signalled, traced or limited; the detail is the signal, or says how.</summary>
    AgentAttacked = 18,

    /// <summary>A user namespace was made.</summary>
    NamespaceMade = 19,
}
