namespace Sallyport.Wire;

/// <summary>
/// Every bound of the kernel side, from <c>limits.h</c> and <c>wire.h</c>; each C name without <c>SP_</c>.
/// </summary>
public static class WireLimits
{
    /// <summary>In a record's rule: no rule decided.</summary>
    public const ushort NoRule = 0xffff;

    /// <summary>Rules of one policy; one bit each.</summary>
    public const int MaxRules = 512;

    /// <summary>64-bit words of a set of rules.</summary>
    public const int RuleWords = MaxRules / 64;

    /// <summary>Policies: top level, steps and processes.</summary>
    public const int MaxPolicies = 128;

    /// <summary>Names and wildcards, search suffixes included.</summary>
    public const int MaxNames = 16384;

    /// <summary>CIDR prefixes.</summary>
    public const int MaxAddressRules = 4096;

    /// <summary>Port ranges, split into prefixes.</summary>
    public const int MaxPortPrefixes = 8192;

    /// <summary>Addresses learned from answers.</summary>
    public const int MaxLeases = 65536;

    /// <summary>Processes of the job alive at once.</summary>
    public const int MaxTasks = 131072;

    /// <summary>cgroups of the job and its containers.</summary>
    public const int MaxCgroups = 4096;

    /// <summary>Resolvers of the machine, fixed at the start.</summary>
    public const int MaxResolvers = 16;

    /// <summary>Forwarded packets in fragments, the newest.</summary>
    public const int MaxFragmented = 4096;

    /// <summary>DNS questions in flight.</summary>
    public const int MaxQueries = 16384;

    /// <summary>Where containers send, for the uplink to tell whose it is; the newest.</summary>
    public const int MaxForwarded = 4096;

    /// <summary>UDP peers heard from.</summary>
    public const int MaxPeers = 16384;

    /// <summary>Addresses of the job's own containers.</summary>
    public const int MaxOwnAddresses = 4096;

    /// <summary>Containers whose asker is known at one time; beyond it the origin is unknown.</summary>
    public const int MaxContainers = 8192;

    /// <summary>Addresses of allowed names that lease nothing: for the reason of a refusal alone.</summary>
    public const int MaxUnleased = 4096;

    /// <summary>Network devices that the job made or brought up; a number is never given twice.</summary>
    public const int MaxDevices = 65536;

    /// <summary>Processes that a runner's worker forks in one job; past it, the policy of unknown steps.</summary>
    public const int MaxExecutions = 16384;

    /// <summary>Bytes of a name and a NUL (RFC 1035 section 2.3.4).</summary>
    public const int NameBytes = 256;

    /// <summary>Labels of a name.</summary>
    public const int NameLabels = 128;

    /// <summary>Bytes of argv that are captured.</summary>
    public const int ArgvBytes = 4096;

    /// <summary>Bytes of an environment that are captured.</summary>
    public const int EnvironmentBytes = 131072;

    /// <summary>Bytes of it in one record.</summary>
    public const int EnvironmentPiece = 4096;

    /// <summary>Bytes of a path that are captured.</summary>
    public const int PathBytes = 1024;

    /// <summary>Components of a path that are captured.</summary>
    public const int PathDepth = 64;

    /// <summary>Bytes of a UDP DNS message; larger ones are refused.</summary>
    public const int DnsMessageBytes = 4096;

    /// <summary>Records looked at in one DNS answer.</summary>
    public const int DnsAnswers = 64;

    /// <summary>Addresses leased by one DNS answer.</summary>
    public const int DnsLeasesPerAnswer = 64;

    /// <summary>Bytes of a flow that may pass before it has named itself.</summary>
    public const int HelloBytes = 16384;

    /// <summary>Bytes of the path of a Unix socket (unix(7)).</summary>
    public const int UnixPath = 108;

    /// <summary>Bytes of a container's id.</summary>
    public const int ContainerIdBytes = 64;

    /// <summary>Bytes of one change of the machine that are captured.</summary>
    public const int ChangeBytes = 4096;

    /// <summary>Tables, programs and links of the agent's.</summary>
    public const int MaxOwnObjects = 1024;

    /// <summary>Processes of the agent's.</summary>
    public const int MaxOwnTasks = 64;

    /// <summary>Names of files that hold credentials.</summary>
    public const int MaxSecretNames = 256;

    /// <summary>Bytes of the folder in such a name with its NUL; longer ones are cut off on both sides.</summary>
    public const int SecretFolderBytes = 16;

    /// <summary>Bytes of the file in such a name with its NUL.</summary>
    public const int SecretFileBytes = 24;

    /// <summary>The same call on the same target is told again after this, nanoseconds.</summary>
    public const long IntrusionRepeatNs = 1_000_000_000L;

    /// <summary>Replies go to a peer heard from at most this long ago, nanoseconds.</summary>
    public const long UdpReplyNs = 30L * 1_000_000_000L;

    /// <summary>An answer later than this leases nothing, nanoseconds.</summary>
    public const long QueryNs = 20L * 1_000_000_000L;

    /// <summary>Listeners of the machine that were there before the job, of each kind.</summary>
    public const int MaxForeignListeners = 2048;

    /// <summary>SP_HEARTBEAT_NS: the agent is lost when it has not looked for this long.</summary>
    public const long HeartbeatNs = 3L * 1_000_000_000L;

    /// <summary>Sockets of the job that have no storage for their mark, the newest.</summary>
    public const int MaxBeside = 1024;

    /// <summary>Version of every layout in this assembly.</summary>
    public const int WireVersion = 2;

    /// <summary>Detail of <see cref="IntrusionCall.ModuleLoaded"/>: a module.</summary>
    public const uint ModuleOfKernel = 1;

    /// <summary>Detail of <see cref="IntrusionCall.ModuleLoaded"/>: another kernel.</summary>
    public const uint ModuleNewKernel = 2;

    /// <summary>Detail of <see cref="IntrusionCall.AgentAttacked"/> where it is no signal: ptrace(2) and its like.</summary>
    public const uint AttackTraced = 256;

    /// <summary>Detail of <see cref="IntrusionCall.AgentAttacked"/> where it is no signal: prlimit(2).</summary>
    public const uint AttackLimited = 257;

    /// <summary>Detail of <see cref="IntrusionCall.RootGained"/>: a set-uid file that the job has made, or that lies where none belongs.</summary>
    public const uint RootByNewFile = 1;

    /// <summary>Detail of <see cref="IntrusionCall.RootGained"/>: a set-uid program of the system, though sudo was taken away.</summary>
    public const uint RootByOldFile = 2;

    /// <summary>Detail of <see cref="IntrusionCall.RootGained"/>: no file gave it.</summary>
    public const uint RootByNothing = 3;

    /// <summary>Detail of <see cref="IntrusionCall.RootGained"/>: with capabilities that <c>sudo: bounded</c> takes away.</summary>
    public const uint RootUnbounded = 4;

    /// <summary>A call of this number and more is one of the kernel's functions: functions.h.</summary>
    public const int FunctionBase = 0x5a110000;

    /// <summary>bpf_cast_to_kern_ctx, counted from <see cref="FunctionBase"/>.</summary>
    public const int CastToKernCtx = 0;

    /// <summary>bpf_send_signal_task.</summary>
    public const int SendSignalTask = 1;

    /// <summary>bpf_sock_addr_set_sun_path.</summary>
    public const int SockAddrSetSunPath = 2;
}
