using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Runner;

/// <summary>
/// Scope of the machine: who is not judged. Processes of root that began before the runner's listener, outside its tree and
/// outside containers, and systemd-resolved, whose clients are judged by what they ask; given once, at the start (HARDENING rule 3). Everybody else who runs is the job's from here on.
/// </summary>
/// <param name="gate">Attached.</param>
/// <param name="worker">Of the job.</param>
/// <param name="adopted">In containers of the job.</param>
/// <param name="agents">This process, its guardian and the service: exempt with all that they start.</param>
/// <param name="unknownPolicy">Index of the policy of what no step is known to have begun.</param>
/// <param name="limit">cgroup v2 folder that is the machine here (agent.yml, cgroupRoot); null for all of it.</param>
/// <param name="silent">Takes processes that do not let us have the sockets that they had.</param>
internal sealed class MachineExemption(
    Gate gate, RunnerWorker worker, IReadOnlySet<int> adopted, ImmutableArray<int> agents, byte unknownPolicy, string? limit, HashSet<int> silent)
{
    private const int MaximumProcesses = 131_072;
    private const int HexDigitsOfContainer = 64;

    private readonly CgroupHierarchy? hierarchy = CgroupHierarchy.OfThisMachine();

    internal void Run()
    {
        var own = Environment.ProcessId;
        var below = ProcessTree.Below(worker.Listener.Pid).ToHashSet();
        foreach (var pid in ProcessNumbers.All().Take(MaximumProcesses))
        {
            // Who is outside of the limit the kernel leaves alone by itself; but agents come in.
            var isAgent = agents.Contains(pid);
            if (adopted.Contains(pid) || (!isAgent && IsOutside(pid)))
            {
                continue;
            }

            // What takes over from this process is begun by the service.
            if (isAgent || (!below.Contains(pid) && ((IsOlder(pid) && (IsRoots(pid) || RootProgram.IsOneOf(pid, ResolverService.Resolved))) || IsOurs(pid, own))))
            {
                gate.Exempt(pid, throughExec: isAgent);
            }
            else if (!below.Contains(pid) && !gate.IsTagged(pid) && ProcText.TryReadLink($"/proc/{pid}/exe") is not null)
            {
                SocketAdoption.Run(gate, pid, gate.Adoption.Adopt(new AdoptedTask(pid, 0, 0, unknownPolicy, TaskTag.Machine)), execution: 0, silent);
            }
        }

        gate.JudgeMachine();
    }

    private bool IsOutside(int pid) => limit is not null && hierarchy?.IsBelow(pid, limit) == false;

    /// <summary>Root's, and the same program: agents of other jobs, until they execute something.</summary>
    private static bool IsOurs(int pid, int own) =>
        UserAccount.IdsOfProcess(pid) is (0, _)
        && ProcText.TryReadLink($"/proc/{pid}/exe") is { } exe && exe == ProcText.TryReadLink($"/proc/{own}/exe")
        && FileIdentity.Inode($"/proc/{pid}/exe") == FileIdentity.Inode($"/proc/{own}/exe");

    private bool IsOlder(int pid) =>
        ProcessIdentity.Of(pid) is { } process && process.StartTicks < worker.Listener.StartTicks && !IsInContainer(pid);

    private static bool IsRoots(int pid) => UserAccount.IdsOfProcess(pid) is (0, _);

    /// <summary>A container's cgroup carries its id, 64 hexadecimal digits.</summary>
    private static bool IsInContainer(int pid)
    {
        var run = 0;
        foreach (var c in CgroupHierarchy.PathOf(ProcText.TryRead($"/proc/{pid}/cgroup") ?? string.Empty))
        {
            run = char.IsAsciiHexDigitLower(c) ? run + 1 : 0;
            if (run == HexDigitsOfContainer)
            {
                return true;
            }
        }

        return false;
    }
}
