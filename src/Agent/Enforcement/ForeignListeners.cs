using System.Globalization;
using System.Net;
using System.Text;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// Who listened on this machine before the job, and not for it (HARDENING rule 6): what such a daemon does on the job's word
/// has no tag. Block mode refuses to ask it, unless the policy names it or it is one of <see cref="KnownPrograms"/> and
/// <see cref="KnownSockets"/>, which carry nothing out. Looked for once, before anything of the job is judged.
/// </summary>
internal static class ForeignListeners
{
    /// <summary>
    /// Programs whose ports the job may use: systemd-resolved, and the agent, which judges by the same policy. Nobody but root can make
    /// them do anything else.
    /// </summary>
    private static readonly string[] KnownPrograms = ["systemd-resolved", "sallyport"];

    /// <summary>Logs and users: sockets of the system whose answers every program needs.</summary>
    private static readonly string[] KnownSockets =
    [
        "/run/systemd/journal/", "/run/systemd/userdb/", "/run/systemd/notify", "/run/uuidd/", "/run/sallyport/", "/dev/log",
    ];

    /// <summary>
    /// Programs of the system's that begin others and call nobody: where the machine is the job's, what they begin is judged, and a
    /// step that asks for a service or a device asks for nothing that leaves. systemd itself is one of them.
    /// </summary>
    private static readonly string[] Starters = ["systemd-udevd", "systemd-journald", "systemd-logind", "systemd-userdbd", "systemd-oomd"];

    private const int FirstProcess = 1;

    /// <summary>
    /// Look names up for whoever asks. Refused and not reported: every program asks here first, and the C library then asks the
    /// resolver itself.
    /// </summary>
    private static readonly string[] NameServices = ["/run/systemd/resolve/", "/run/nscd/"];

    private const int DnsPort = 53;
    private const uint Helper = 1;
    private const uint Names = 2;

    /// <summary>Writes the kernel's tables.</summary>
    /// <param name="kernel">Loaded, not attached.</param>
    /// <param name="allowed">Paths of Unix sockets that the policy allows.</param>
    /// <returns>How many of them found no place: those are not refused.</returns>
    internal static int Write(KernelObject kernel, IReadOnlyCollection<string> allowed)
    {
        var ports = Ports();
        if (ports.Count > 0)
        {
            ForgetKnown(ports);
        }

        var lost = WriteNameServices(kernel, allowed);
        var table = kernel.Map("foreign_ports");
        foreach (var port in ports.Values.Distinct().Where(port => port != DnsPort))
        {
            lost += table.TrySet((uint)port, Helper) ? 0 : 1;
        }

        return lost + Write(kernel, Sockets(path => !allowed.Contains(path) && IsHelper(path)), Helper);
    }

    /// <summary>What they ask carries no mark of who asked them.</summary>
    /// <returns>As <see cref="Write(KernelObject, IReadOnlyCollection{string})"/>.</returns>
    private static int WriteNameServices(KernelObject kernel, IReadOnlyCollection<string> allowed)
    {
        var lost = Write(kernel, Sockets(path => !allowed.Contains(path) && IsBelow(NameServices, path)), Names);
        // Also of programs that are known: over UDP its questions are judged, and over TCP at the addresses of resolv.conf alone.
        return Ports().ContainsValue(DnsPort) && !kernel.Map("foreign_ports").TrySet((uint)DnsPort, Names) ? lost + 1 : lost;
    }

    private static int Write(KernelObject kernel, HashSet<string> sockets, uint kind)
    {
        var table = kernel.Map("foreign_sockets");
        return sockets.Count(name => !table.TrySet(Fnv1a.Hash(Encoding.UTF8.GetBytes(name)), kind));
    }

    /// <summary>Lets the job ask these as well, from here on.</summary>
    internal static void Allow(KernelObject kernel, IEnumerable<string> sockets)
    {
        var table = kernel.Map("foreign_sockets");
        foreach (var name in sockets.SelectMany(NamesOf))
        {
            table.Remove(Fnv1a.Hash(Encoding.UTF8.GetBytes(name)));
        }
    }

    /// <summary>
    /// Lets the job ask what it has itself begun to listen at before it was judged: processes of the job hold those sockets, and nobody
    /// else does. Where somebody else may hold them, or listens at the same port or path, it stays refused.
    /// </summary>
    /// <param name="kernel">In force; the job's processes have their tags.</param>
    internal static void AllowOwn(KernelObject kernel)
    {
        var ports = Ports();
        var sockets = ListeningSockets.UnixOf("self").ToList();
        var tasks = new JobTasks(kernel);
        var (own, others) = ((List<int>)[], (List<int>)[]);
        foreach (var pid in ProcessNumbers.All())
        {
            (tasks.TryGet(pid, out var tag) && (tag.Flags & TaskTag.Daemon) == 0 ? own : others).Add(pid);
        }

        var held = own.SelectMany(ListeningSockets.Descriptors).ToHashSet(StringComparer.Ordinal);
        held.IntersectWith(ports.Keys.Concat(sockets.Select(socket => socket.Inode)));
        AllowUnlessHeld(kernel, ports, sockets, held, others);
    }

    /// <summary>
    /// Scope of the machine: lets the job ask whoever is judged as it is, and systemd. What is left are daemons of root's that ran before
    /// the runner: they are exempt, and what they would do for the job with them (HARDENING rule 3).
    /// </summary>
    /// <param name="kernel">In force; the machine's processes have their tags.</param>
    internal static void AllowJudged(KernelObject kernel)
    {
        var ports = Ports().Where(port => port.Value != DnsPort).ToDictionary(StringComparer.Ordinal); // a resolver is judged by its questions
        var sockets = ListeningSockets.UnixOf("self").ToList();
        var tasks = new JobTasks(kernel);
        var exempt = ProcessNumbers.All().Where(pid => pid != FirstProcess && !RootProgram.IsOneOf(pid, Starters)
            && !(tasks.TryGet(pid, out var tag) && (tag.Flags & TaskTag.Daemon) == 0));
        AllowUnlessHeld(
            kernel, ports, sockets, ports.Keys.Concat(sockets.Select(socket => socket.Inode)).ToHashSet(StringComparer.Ordinal), exempt);
    }

    private static void AllowUnlessHeld(
        KernelObject kernel, Dictionary<string, int> ports, List<(string Inode, string Name)> sockets, HashSet<string> held, IEnumerable<int> others)
    {
        foreach (var pid in held.Count == 0 ? [] : others)
        {
            if (ListeningSockets.TryDescriptors(pid) is not { } descriptors)
            {
                return;
            }

            held.ExceptWith(descriptors);
        }

        RemovePorts(kernel, ports, held.Contains);
        var names = sockets.ToLookup(socket => held.Contains(socket.Inode), socket => RunFolder.Short(socket.Name));
        Allow(kernel, names[true].Where(IsHelper).Except(names[false]));
    }

    /// <summary>Lets the job use ports behind which nothing but its own containers are.</summary>
    /// <param name="kernel">In force.</param>
    /// <param name="own">Addresses of those containers.</param>
    internal static void AllowForwarders(KernelObject kernel, IReadOnlySet<IPAddress> own)
    {
        var forwarders = PortForwarders.Sockets().Where(one => own.Contains(one.Container)).Select(one => one.Inode).ToHashSet(StringComparer.Ordinal);
        RemovePorts(kernel, Ports(), forwarders.Contains);
    }

    /// <summary>Those at which nobody but the job listens.</summary>
    private static void RemovePorts(KernelObject kernel, Dictionary<string, int> ports, Predicate<string> isOwn)
    {
        var table = kernel.Map("foreign_ports");
        var byOwner = ports.ToLookup(port => isOwn(port.Key), port => port.Value);
        foreach (var port in byOwner[true].Except(byOwner[false]))
        {
            table.Remove((uint)port);
        }
    }

    /// <summary>Port of each TCP socket that listens in this network namespace (proc(5)), by the inode of the socket.</summary>
    private static Dictionary<string, int> Ports()
    {
        const string Listening = "0A";
        var ports = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var file in (string[])["/proc/self/net/tcp", "/proc/self/net/tcp6"])
        {
            // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …
            foreach (var line in (ProcText.TryRead(file) ?? string.Empty).Split('\n').Skip(1))
            {
                var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (words.Length > 9 && words[3] == Listening
                    && int.TryParse(
                        words[1].AsSpan(words[1].LastIndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture,
                        out var port))
                {
                    ports[words[9]] = port;
                }
            }
        }

        return ports;
    }

    /// <summary>Addresses of Unix sockets that listen, as connect(2) is told them: a path, or NUL and a name.</summary>
    private static HashSet<string> Sockets(Predicate<string> isWanted)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, name) in ListeningSockets.UnixOf("self"))
        {
            var path = RunFolder.Short(name);
            if (isWanted(path))
            {
                names.UnionWith(NamesOf(path));
            }
        }

        return names;
    }

    private static bool IsHelper(string path) => !IsBelow(KnownSockets, path) && !IsBelow(NameServices, path);

    private static bool IsBelow(string[] places, string path) =>
        places.Any(place => place.EndsWith('/') ? path.StartsWith(place, StringComparison.Ordinal) : path == place);

    /// <summary>What connect(2) may be told for it.</summary>
    private static string[] NamesOf(string path) => path is ['@', .. var name] ? ["\0" + name] : RunFolder.NamesOf(path);

    /// <summary>Takes out what known programs of root's listen at.</summary>
    private static void ForgetKnown(Dictionary<string, int> ports)
    {
        foreach (var pid in ProcessNumbers.All())
        {
            if (RootProgram.IsOneOf(pid, KnownPrograms))
            {
                foreach (var inode in ListeningSockets.Descriptors(pid))
                {
                    _ = ports.Remove(inode);
                }
            }
        }
    }
}
