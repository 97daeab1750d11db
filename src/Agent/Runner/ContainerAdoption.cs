using System.Buffers;
using System.Globalization;
using System.Net;
using Sallyport.Agent.Core.Files;
using Sallyport.Agent.Core.GitHub.Log;
using Sallyport.Agent.Host;
using Sallyport.Agent.Host.Netlink;
using Sallyport.Agent.Kernel;
using Sallyport.Policy.Machine;

namespace Sallyport.Agent.Runner;

/// <summary>
/// Makes the containers that run already the job's: those that its worker has started, `container:` and `services:`, which
/// begin before any step and so before an Action. Which they are the worker's log says, and each must be younger than the
/// worker: no line makes somebody else's older container the job's. Where the machine exists for the job, all are.
/// </summary>
/// <param name="session">In force.</param>
/// <param name="worker">Of the job.</param>
/// <param name="unknownPolicy">Index of the policy of steps that are not known yet.</param>
/// <param name="limit">cgroup v2 folder that is the machine here (agent.yml, cgroupRoot); null for all of it.</param>
/// <param name="silent">Takes processes that do not let us have the sockets that they had.</param>
internal sealed class ContainerAdoption(
    KernelSession session, RunnerWorker worker, byte unknownPolicy, string? limit, HashSet<int> silent)
{
    private const int MaximumProcesses = 131_072;
    private const int Digits = 64;
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    private readonly string mount = CgroupHierarchy.OfThisMachine()?.MountPoint ?? string.Empty;
    private readonly string? ownNetwork = ProcText.TryReadLink("/proc/self/ns/net");
    private readonly HashSet<int> namespaces = [];
    private readonly HashSet<IPAddress> addresses = [];
    private readonly HashSet<IPAddress> addressesOfOthers = [];

    /// <summary>Executions of the worker's that started them, with the process of each, which has ended.</summary>
    internal List<(uint Execution, int Pid)> Begun { get; } = [];

    /// <summary>In those that were adopted.</summary>
    internal HashSet<int> Processes { get; } = [];

    /// <param name="scope">Of the job.</param>
    /// <param name="say">Told when some may be missing.</param>
    internal void Run(JobScope scope, Action<string> say)
    {
        var started = new StartedContainers();
        var isReadWhole = TryReadLog(started);
        var isMissing = false;
        foreach (var (id, folder) in Running())
        {
            if (limit is not null && !FolderPath.IsSameOrBelow(folder, limit.TrimEnd('/')))
            {
                continue; // of another machine, with addresses that may be the same
            }

            var cgroup = new Cgroup(folder);
            var isOfRunner = started.Clients.TryGetValue(id, out var client);
            if (scope == JobScope.Machine || (isOfRunner && IsYounger(cgroup)))
            {
                isMissing |= !Adopt(id, cgroup, client);
            }
            else
            {
                isMissing |= !isReadWhole && IsYounger(cgroup);
                addressesOfOthers.UnionWith(AddressesOf(cgroup));
            }
        }

        session.Gate.EarlierContainers.LearnNetworks(namespaces);
        addresses.ExceptWith(addressesOfOthers); // what two claim is nobody's
        session.Gate.EarlierContainers.OpenPorts(addresses);
        if (isMissing)
        {
            say("containers: which ones the runner had started before protection is not known in full: what is not known of is not "
                + "judged, and in block mode not reached");
        }
    }

    /// <summary>Than the worker, which made it then; what is older is another one's.</summary>
    private bool IsYounger(Cgroup cgroup) =>
        cgroup.Processes().Select(ProcessIdentity.Of).All(one => one is null || one.StartTicks >= worker.Process.StartTicks);

    /// <returns>False when it may name more containers than were understood.</returns>
    private bool TryReadLog(StartedContainers started)
    {
        var reader = new WorkerLogReader();
        using var log = new WorkerLogTail(worker.Process);
        log.ReadAll(bytes => reader.Accept(bytes.Span, started), () => reader.NextFile(started));
        return log.IsOpen && reader.HasJob && reader.Overlong + reader.Malformed + started.Overflow == 0 && !started.IsUncertain;
    }

    /// <returns>False when the kernel's tables are full.</returns>
    private bool Adopt(string id, Cgroup cgroup, int client)
    {
        var number = FileIdentity.Inode(cgroup.Folder);
        if (number == 0)
        {
            return true; // it has ended
        }

        var gate = session.Gate;
        var execution = client == 0 ? 0 : gate.Adoption.NextExecution();
        if (execution != 0)
        {
            Begun.Add((execution, client));
        }

        var isWhole = gate.EarlierContainers.TryAdopt(id, number, cgroup.Folders(), execution);

        // What they fork meanwhile is the job's already, by the cgroup.
        var processes = cgroup.Processes();
        foreach (var pid in processes)
        {
            var process = gate.Adoption.Adopt(new AdoptedTask(pid, 0, execution, unknownPolicy, 0));
            SocketAdoption.Run(gate, pid, process, execution, silent, number);
            _ = Processes.Add(pid);
            Remember(pid);
        }

        addresses.UnionWith(AddressesOf(cgroup));
        session.AttendContainer(id, number, processes);
        return isWhole;
    }

    /// <summary>Containers that have processes, with the folder of each: the one that its id names.</summary>
    private Dictionary<string, string> Running()
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pid in ProcessNumbers.All().Take(MaximumProcesses))
        {
            if (ProcText.TryRead($"/proc/{pid}/cgroup") is { } text)
            {
                var path = CgroupHierarchy.PathOf(text);
                if (IdIn(path) is var (id, end))
                {
                    found[id] = mount + path[..end];
                }
            }
        }

        return found;
    }

    /// <summary>
    /// The first run of 64 digits, and where its folder's name ends: <c>/docker/6e01ff…/init</c>, <c>/docker-6e01ff….scope</c>.
    /// </summary>
    internal static (string Id, int End)? IdIn(string path)
    {
        for (var from = 0; from < path.Length;)
        {
            var start = path.AsSpan(from).IndexOfAny(Hexadecimal);
            if (start < 0)
            {
                return null;
            }

            from += start;
            var length = path.AsSpan(from).IndexOfAnyExcept(Hexadecimal);
            length = length < 0 ? path.Length - from : length;
            if (length == Digits)
            {
                var end = path.IndexOf('/', from);
                return (path.Substring(from, Digits), end < 0 ? path.Length : end);
            }

            from += length;
        }

        return null;
    }

    /// <summary>None where it is in the machine's network.</summary>
    private IEnumerable<IPAddress> AddressesOf(Cgroup cgroup) =>
        cgroup.Processes().Where(IsElsewhere).Take(1).SelectMany(NamespaceAddresses.Of);

    private bool IsElsewhere(int pid) =>
        ProcText.TryReadLink(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/ns/net")) is { } network
        && network != ownNetwork;

    private void Remember(int pid)
    {
        if (IsElsewhere(pid))
        {
            using var socket = new NetlinkSocket(NetlinkSocket.Route);
            if (NamespaceNumber.Of(socket, pid) is { } number)
            {
                _ = namespaces.Add(number);
            }
        }
    }
}
