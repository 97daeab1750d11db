using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Agent.Core.Detection;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;
using Sallyport.Policy;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// What looks after the memory of the runner and of other steps, and after the agent's own programs (bpf/probes/guard.bpf.c).
/// Attached only when something of it is wanted, and what sees a call before it is carried out only when something is to be
/// prevented: both see every system call of the machine.
/// </summary>
/// <param name="kernel">Loaded.</param>
/// <param name="hasRunner">There is a runner whose memory could be read.</param>
internal sealed class Guard(KernelObject kernel, bool hasRunner)
{
    /// <summary>What is found by it alone.</summary>
    private static readonly FindingKind[] Kinds =
    [
        ProcessFindings.RunnerMemoryRead, ProcessFindings.ForeignMemoryRead, ProcessFindings.MemoryGuardEvaded,
        ProcessFindings.KernelMemoryRead, ProcessFindings.CorePatternChanged, ProcessFindings.KernelProgramLoaded,
        ProcessFindings.AgentObjectTaken, ProcessFindings.CredentialsSwept, RootFindings.ModuleLoaded,
        RootFindings.DiskWritten,
    ];

    /// <summary>What is found by BPF LSM alone.</summary>
    private static readonly FindingKind[] RefusedKinds = [ProcessFindings.AgentAttacked, RootFindings.NamespaceMade];

    private const string OwnDescriptors = "/proc/self/fdinfo";
    private static readonly (string Label, ulong Kind)[] Labels = [("map_id:", 1), ("prog_id:", 2), ("link_id:", 3)];

    private readonly ulong begunNs = BootClock.RealNowNs();
    private SudoLeft sudo;
    private byte rootMode;
    private bool isRootNamed;
    private bool isAttached;
    private bool refuses;
    private ImmutableArray<string> unseen = [];
    private string? ringFailure;
    private string? placeFailure;
    private bool seesEntries;

    /// <summary>What is not looked after here, a sentence each.</summary>
    internal ImmutableArray<string> Failures => [.. unseen, .. new[] { ringFailure, placeFailure }.OfType<string>()];

    /// <summary>
    /// Whether it is worth its price, which every system call pays: where a runner holds the secrets of a job, or where the policy
    /// asks for it. Without it the agent's own programs and tables are looked after where BPF LSM is in use, which costs nobody else.
    /// </summary>
    internal static bool IsWanted(bool hasRunner, DetectionActions actions) => hasRunner || actions.NamesAny(Kinds);

    /// <summary>From here on these actions hold.</summary>
    internal void Apply(DetectionActions actions)
    {
        var modes = GuardModesValue.Of(actions, hasRunner);
        modes.Sudo = (byte)sudo;
        rootMode = modes.Root;
        isRootNamed = actions.NamesAny([RootFindings.RootGained]);
        modes.Root = RootMode();
        modes.BegunNs = begunNs;
        var isWanted = IsWanted(hasRunner, actions);
        var version = KernelVersion.OfThisMachine();
        var seesCalls = ProbeSet.TakesGuards(version);

        // They do nothing before the table says so.
        if (kernel.HasRefusals && !refuses)
        {
            refuses = kernel.HasRefusals = ProbeSet.RefusalsOn(version, isWanted).All(kernel.TryAttach);
        }

        if (!kernel.HasRefusals)
        {
            modes.Agent = modes.Namespaces = 0; // of those that were attached before one could not be
        }

        unseen = [.. RefusedKinds.Where(kind => IsAskedInVain(actions, kind, version)).Select(kind =>
            $"{kind.Id}: BPF LSM, which sees it, is not in use for this job ('sallyport doctor'): it is neither seen nor prevented")];
        if (isWanted && !seesCalls)
        {
            unseen = unseen.Add(kernel.HasRefusals
                ? "memory guard: this kernel has it by BPF LSM alone (Linux 6.7 for the rest): modules and disks are not seen"
                : "memory guard: this kernel does not take it (Linux 6.7): reads of memory and of credentials and uses of bpf(2) are not seen");
            isWanted = kernel.HasRefusals;
        }

        if (!isWanted)
        {
            var rest = modes.WithoutCalls(kernel.HasRefusals);
            kernel.Map("guard_modes").Set(0u, rest);
            if (rest.Objects != 0)
            {
                MarkOwnObjects();
            }

            return;
        }

        modes.Lsm = !kernel.HasRefusals ? (byte)0 : seesCalls ? GuardModesValue.LsmBeside : GuardModesValue.LsmAlone;
        if (modes.Blocks && seesCalls && !seesEntries)
        {
            kernel.Attach("on_call");
            seesEntries = true;
        }

        modes.AtEntry = seesEntries ? (byte)1 : (byte)0;
        kernel.Map("guard_modes").Set(0u, modes);
        if (modes.IsOff || isAttached)
        {
            return;
        }

        if (seesCalls)
        {
            AttachCalls();
        }

        foreach (var name in CredentialFiles.All)
        {
            kernel.Map("secret_names").Set(SecretNameKey.Of(name), (uint)name.Family);
        }

        isAttached = true;
        MarkOwnObjects();
    }

    /// <summary>The policy names it, and nothing here sees it.</summary>
    private bool IsAskedInVain(DetectionActions actions, FindingKind kind, KernelVersion version) =>
        actions.NamesAny([kind]) && actions.Of(kind) != DetectionAction.Off
        && !(kernel.HasRefusals && (kind != RootFindings.NamespaceMade || ProbeSet.RefusesNamespaces(version)));

    private void AttachCalls()
    {
        kernel.Attach("on_return");
        if (!kernel.TryAttachRaw("on_ring_submit", "io_uring_submit_req", "io_uring_submit_sqe")
            || !kernel.TryAttachRaw("on_ring_file", "io_uring_file_get")
            || !kernel.TryAttachRaw("on_ring_opened", "io_uring_complete"))
        {
            ringFailure = "memory guard: this kernel does not show what is opened by io_uring";
        }
    }

    /// <summary>From here on this is what the job has left of sudo: more than that is found.</summary>
    internal void Leave(SudoLeft left)
    {
        sudo = left;
        _ = kernel.Map("guard_modes").TryGet(0u, out GuardModesValue now);
        now.Sudo = (byte)left;
        now.Root = RootMode();
        kernel.Map("guard_modes").Set(0u, now);
    }

    /// <summary>
    /// Who has sudo needs no set-uid file to be root: one that is made all the same (the sandbox of a browser) is prevented only where
    /// the policy names it.
    /// </summary>
    private byte RootMode() =>
        sudo == SudoLeft.Kept && !isRootNamed ? Math.Min(rootMode, GuardModesValue.Report) : rootMode;

    /// <summary>A process of the agent's: nobody of the job ends it where BPF LSM is in use and the policy says block.</summary>
    internal void Protect(int pid)
    {
        if (ProcessIdentity.Of(pid) is { } process && !kernel.Map("own_tasks").TrySet((uint)pid, (ulong)process.StartTicks))
        {
            placeFailure = $"{ProcessFindings.AgentAttacked.Id}: a process of the agent's has no place in the table, and may be ended";
        }
    }

    /// <summary>By the ids that the kernel shows of the descriptors of this process.</summary>
    private void MarkOwnObjects()
    {
        foreach (var path in Directory.EnumerateFiles(OwnDescriptors))
        {
            foreach (var line in (ProcText.TryRead(path) ?? string.Empty).Split('\n'))
            {
                foreach (var (label, kind) in Labels)
                {
                    if (line.StartsWith(label, StringComparison.Ordinal)
                        && uint.TryParse(line.AsSpan(label.Length).Trim(), CultureInfo.InvariantCulture, out var id))
                    {
                        _ = kernel.Map("own_objects").TrySet((kind << 32) | id, 1u);
                    }
                }
            }
        }
    }
}
