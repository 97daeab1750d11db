namespace Sallyport.Agent.Host;

/// <summary>A capability of capabilities(7) that the agent needs.</summary>
/// <param name="Bit">Its number.</param>
/// <param name="Name">As the manual spells it.</param>
/// <param name="Use">What the agent does with it.</param>
internal sealed record KernelCapability(int Bit, string Name, string Use)
{
    internal static readonly KernelCapability[] Needed =
    [
        new(39, "CAP_BPF", "load the kernel programs"),
        new(38, "CAP_PERFMON", "attach to the scheduler's tracepoints"),
        new(12, "CAP_NET_ADMIN", "attach to cgroups and network devices"),
        new(21, "CAP_SYS_ADMIN", "attach at the root of the cgroup hierarchy"),
        new(5, "CAP_KILL", "stop the command when the agent fails"),
        new(7, "CAP_SETUID", "run the command as the user who called"),
        new(6, "CAP_SETGID", "run the command with that user's groups"),
    ];

    private const ulong Bpf = 1UL << 39;
    private const ulong Perfmon = 1UL << 38;
    private const ulong NetAdmin = 1UL << 12;
    private const ulong SysAdmin = 1UL << 21;

    /// <summary>Whether the kernel takes programs of a process with these at all (capabilities(7): CAP_SYS_ADMIN is the two newer ones as well).</summary>
    internal static bool MayLoad(ulong effective) =>
        (effective & NetAdmin) != 0 && ((effective & SysAdmin) != 0 || (effective & (Bpf | Perfmon)) == (Bpf | Perfmon));

    internal bool IsIn(ulong effective) => (effective >> Bit & 1) != 0;
}
