using System.Collections.Immutable;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Enforcement.DnsOverTcp;
using Sallyport.Agent.Host;
using Sallyport.Agent.Host.Netlink;
using Sallyport.Agent.Kernel;
using Sallyport.Policy;
using Sallyport.Policy.Compiling;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// What makes the loaded programs judge this job on this machine: policy, resolvers, uplinks, runtimes; then the
/// attachments, so that nothing is judged by half a policy.
/// </summary>
internal sealed class Gate : IDisposable
{
    /// <summary>The command's first process; the kernel counts on from here.</summary>
    private const ulong RootProcess = 1;

    private readonly KernelObject kernel;
    private readonly Uplinks uplinks;
    private readonly NetworkWatch watch;
    private readonly Resolver? resolver;
    private readonly ulong network;

    private Gate(
        KernelObject kernel, Uplinks uplinks, NetworkWatch watch, Resolver? resolver, AgentRecords records,
        ulong network, ImmutableArray<string> degraded)
    {
        this.kernel = kernel;
        this.uplinks = uplinks;
        this.watch = watch;
        this.resolver = resolver;
        this.network = network;
        Records = records;
        Degraded = degraded;
        Daemons = new ContainerDaemons(kernel, Records);
        Daemons.Find();
        ServiceNames = new ServiceNames(kernel.Map("names"), Resolvers.OfThisMachine().SearchDomains);
    }

    internal ImmutableArray<string> Degraded { get; }

    internal AgentRecords Records { get; }

    internal ContainerDaemons Daemons { get; }

    internal ServiceNames ServiceNames { get; }

    internal static Gate Close(KernelObject kernel, KernelOptions options, CompiledPolicy policy, KernelVersion version)
    {
        var degraded = ImmutableArray.CreateBuilder<string>();
        var records = new AgentRecords();
        var resolvers = ResolverSet.OfThisMachine();
        var resolver = StartResolver(kernel, records, resolvers, degraded);
        try
        {
            return Close(kernel, options, policy, version, resolvers, resolver, records, degraded);
        }
        catch
        {
            resolver?.Dispose();
            throw;
        }
    }

    private static Gate Close(
        KernelObject kernel, KernelOptions options, CompiledPolicy policy, KernelVersion version, ResolverSet resolvers,
        Resolver? resolver, AgentRecords records, ImmutableArray<string>.Builder degraded)
    {
        var network = NetworkNamespace.Cookie();
        PolicyTables.Write(kernel, policy, new SettingsValue
        {
            Network = network,
            Cgroup = FileIdentity.Inode(options.CgroupRoot),
            ResolverPort = resolver?.Port ?? 0,
        });
        resolvers.Write(kernel.Map("resolvers"));
        HostsFile.Lease(kernel.Map("leases"), policy);

        var seesRuntimes = ProbeSet.SeesUnixConnects(version);
        kernel.Map("jobs").Set(0u, new JobValue { NextProcess = RootProcess });
        kernel.Map("runtime_used").Set(0u, seesRuntimes ? 0u : 1u);
        if (!seesRuntimes)
        {
            degraded.Add(
                "containers: this kernel does not show who speaks to a container runtime (Linux 6.7): "
                + "every container that starts during the job counts as the job's");
        }

        var uplinks = new Uplinks(kernel);
        var watch = new NetworkWatch(uplinks, port => IsOfJob(kernel, port), device => LeadsToJob(kernel, device));
        try
        {
            uplinks.Begin(NetworkSnapshot.Take(), resolvers.HasStub);
            watch.Begin();
            if (!uplinks.Failures.IsEmpty)
            {
                if (policy.Mode == PolicyMode.Block)
                {
                    throw new KernelUnavailableException(
                        $"block mode needs the last word on every device: {string.Join("; ", uplinks.Failures)}");
                }

                degraded.AddRange(uplinks.Failures);
            }

            Attach(kernel, options, seesRuntimes);
            return new Gate(kernel, uplinks, watch, resolver, records, network, degraded.ToImmutable());
        }
        catch
        {
            watch.Dispose();
            uplinks.Dispose();
            throw;
        }
    }

    internal void AdoptRoot(int pid)
    {
        var path = CgroupHierarchy.PathOf(ProcText.TryRead($"/proc/{pid}/cgroup") ?? string.Empty);
        var cgroup = FileIdentity.Inode(CgroupHierarchy.OfThisMachine()?.MountPoint + path);
        kernel.Map("tasks").Set((uint)pid, new TaskTag
        {
            Process = RootProcess,
            Cgroup = cgroup,
            ExePolicy = TaskTag.NoPolicy,
        });
        Records.AddProcess(RootProcess, (uint)pid, cgroup);
    }

    internal void AdoptCgroup(string path) => kernel.Map("cgroups").Set(FileIdentity.Inode(path), default(CgroupTag));

    internal void AdoptSocket(int descriptor) => _ = kernel.Map("flows").TrySet(descriptor, new FlowValue
    {
        Process = RootProcess,
        Network = network,
        Flags = FlowValue.Inherited,
        ExePolicy = TaskTag.NoPolicy,
    });

    internal int Drain(IRecordHandler handler) => Records.Drain(handler);

    public void Dispose()
    {
        resolver?.Dispose();
        watch.Dispose();
        uplinks.Dispose();
    }

    /// <summary>Without it, port 53 of a resolver over TCP is judged like any other destination.</summary>
    private static Resolver? StartResolver(
        KernelObject kernel, AgentRecords records, ResolverSet resolvers, ImmutableArray<string>.Builder degraded)
    {
        try
        {
            return Resolver.Start(kernel, records, resolvers.Servers);
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            degraded.Add($"dns over tcp: no port of loopback to answer on ({e.Message}): it is refused unless listed");
            return null;
        }
    }

    /// <summary>
    /// A network change that a process of the job asked for, running or ended; or any while the job uses a container
    /// runtime, which makes its devices for it, and nobody can tell which of them.
    /// </summary>
    private static bool IsOfJob(KernelObject kernel, uint netlinkPort) =>
        (UsesRuntime(kernel) && !KnowsOrigins(kernel))
        || (kernel.Map("tasks").TryGet<uint, TaskTag>(netlinkPort, out var tag) && (tag.Flags & TaskTag.Daemon) == 0)
        || kernel.Map("ended").TryGet<uint, ulong>(netlinkPort, out _);

    /// <summary>A pair of devices shows whose it is when its other end has come into the container's namespace.</summary>
    private static bool LeadsToJob(KernelObject kernel, NetworkDevice device) =>
        UsesRuntime(kernel) && device is { IsVeth: true, PeerNamespace: { } number }
        && NamespaceOwners.MayBeOfJob(kernel, number);

    private static bool UsesRuntime(KernelObject kernel) =>
        kernel.Map("runtime_used").TryGet<uint, uint>(0, out var used) && used != 0;

    private static bool KnowsOrigins(KernelObject kernel) =>
        kernel.Map("container_owners").TryGet<ContainerKey, OwnerValue>(ContainerKey.OriginsKnown, out _);

    private static void Attach(KernelObject kernel, KernelOptions options, bool seesRuntimes)
    {
        foreach (var program in ProbeSet.Tracing)
        {
            kernel.Attach(program);
        }

        using var cgroup = OpenFolder(options.CgroupRoot);
        foreach (var program in ProbeSet.Cgroup)
        {
            kernel.AttachCgroup(program, cgroup);
        }

        if (seesRuntimes)
        {
            kernel.AttachCgroup(ProbeSet.UnixConnect, cgroup);
        }
    }

    private static SafeFileHandle OpenFolder(string path)
    {
        const int FolderCloseOnExec = 0x10000 | 0x80000;
        var descriptor = Interop.Libc.open(path, FolderCloseOnExec, 0);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new KernelUnavailableException($"cgroup folder {path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }
}
