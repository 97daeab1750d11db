using System.Collections.Immutable;
using System.ComponentModel;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Commands;

/// <summary>The checks of <c>doctor</c>, in the order in which `run` would meet them.</summary>
internal static class MachineChecks
{
    internal static ImmutableArray<MachineCheck> All(Machine machine) =>
    [
        Root(),
        .. KernelCapability.Needed.Select(Capability),
        Types(machine),
        Version(machine),
        Hierarchy(),
        .. KernelFeature.Used.Select(Feature),
        Programs(),
        UnixConnects(),
        Destroying(),
        Refusals(),
    ];

    private static MachineCheck Feature(KernelFeature feature)
    {
        var lack = feature.Lack();
        return new MachineCheck(
            feature.Name,
            lack is null,
            MachineCheck.ToObserve,
            lack is null ? feature.Use : $"{lack}; it is used for {feature.Use}");
    }

    /// <summary>
    /// The proof of all that: the real programs pass this kernel's verifier, and the tracepoints take them. They come off
    /// again at once, and no process carries a tag meanwhile.
    /// </summary>
    private static MachineCheck Programs()
    {
        try
        {
            using var loaded = KernelObject.Open();
            ProbeSet.Fit(loaded, KernelVersion.OfThisMachine(), hasStub: true, guards: true);
            loaded.Load();
            foreach (var tracepoint in ProbeSet.Tracing)
            {
                loaded.Attach(tracepoint);
            }

            return new MachineCheck(
                "programs and tracepoints", true, MachineCheck.ToObserve, "loaded, attached to the scheduler, and taken off again");
        }
        catch (KernelUnavailableException e)
        {
            return new MachineCheck("programs and tracepoints", false, MachineCheck.ToObserve, Printable.Line(e.Message));
        }
    }

    private static MachineCheck UnixConnects()
    {
        var seen = ProbeSet.SeesUnixConnects(KernelVersion.OfThisMachine());
        return new MachineCheck(
            "connections to Unix sockets",
            seen,
            MachineCheck.Optional,
            seen ? "which helper outside the job it spoke to" : "since Linux 6.7; before it block mode is degraded: helpers");
    }

    /// <summary>Of a connection that is refused when it has named itself; its packets leave in no case.</summary>
    private static MachineCheck Destroying()
    {
        const string Name = "end of refused connections";
        const string Without = "a client that is refused by the name it says waits until it gives up, and is counted (refused-sockets)";
        try
        {
            using var sockets = new SocketDiagnosis();
            return sockets.WhyNot() is var error and not 0
                ? new MachineCheck(Name, false, MachineCheck.Optional, $"the kernel destroys no sockets (CONFIG_INET_DIAG_DESTROY): {Errno.Describe(error)}; {Without}")
                : new MachineCheck(Name, true, MachineCheck.Optional, "its socket is destroyed, and the client fails at once");
        }
        catch (Win32Exception e)
        {
            return new MachineCheck(Name, false, MachineCheck.Optional, $"{Printable.Line(e.Message)}; {Without}");
        }
    }

    /// <summary>Loaded and attached as well: some kernels name it and refuse it.</summary>
    private static MachineCheck Refusals()
    {
        const string Name = "BPF LSM";
        const string Without = "who reads memory of others is killed after the open, not refused it; root in a job can end the agent, whose successor "
            + "tells of it; packet sockets are refused when they send, AF_VSOCK and Bluetooth never; user namespaces are not seen, nor is bpf(2) before "
            + "Linux 6.7";
        if (!SecurityModules.HaveBpf())
        {
            return new MachineCheck(Name, false, MachineCheck.Optional, $"`bpf` is not in {SecurityModules.Path} (lsm=): {Without}");
        }

        try
        {
            using var loaded = KernelObject.Open();
            ProbeSet.Fit(loaded, KernelVersion.OfThisMachine(), hasStub: true, guards: true, refusals: true);
            loaded.Load();
            foreach (var program in ProbeSet.RefusalsOn(KernelVersion.OfThisMachine(), guards: true))
            {
                loaded.Attach(program);
            }

            return new MachineCheck(
                Name, true, MachineCheck.Optional,
                "in scope of the job refused before it happens: memory of others, signals to the agent, bpf(2), sockets that pass by IP"
                + (ProbeSet.RefusesNamespaces(KernelVersion.OfThisMachine()) ? ", user namespaces" : string.Empty));
        }
        catch (KernelUnavailableException e)
        {
            return new MachineCheck(Name, false, MachineCheck.Optional, $"{Printable.Line(e.Message)}: {Without}");
        }
    }

    private static MachineCheck Root()
    {
        var user = Interop.Libc.geteuid();
        return new MachineCheck(
            "root", user == 0, MachineCheck.ToObserve, user == 0 ? "uid 0" : $"uid {user}: call sallyport with sudo");
    }

    private static MachineCheck Capability(KernelCapability capability)
    {
        var available = capability.IsIn(ProcessStatus.OfThisProcess().EffectiveCapabilities);
        return new MachineCheck(
            capability.Name,
            available,
            MachineCheck.ToObserve,
            available ? capability.Use : $"missing, it is used to {capability.Use}");
    }

    private static MachineCheck Types(Machine machine) => new(
        "types of the kernel (BTF)",
        machine.HasKernelTypes,
        MachineCheck.ToObserve,
        machine.HasKernelTypes ? Machine.KernelTypes : Machine.LackOfKernelTypes);

    private static MachineCheck Version(Machine machine)
    {
        var enough = KernelVersion.TryParse(machine.KernelRelease, out var version) && version >= KernelVersion.Oldest;
        return new MachineCheck(
            "kernel version",
            enough,
            MachineCheck.ToObserve,
            enough ? $"{machine.KernelRelease}, at least {KernelVersion.Oldest}" : $"{machine.KernelRelease}; at least {KernelVersion.Oldest} is needed (bpf_loop)");
    }

    private static MachineCheck Hierarchy()
    {
        var hierarchy = CgroupHierarchy.OfThisMachine();
        return new MachineCheck(
            "cgroup v2",
            hierarchy is not null,
            MachineCheck.ToObserve,
            hierarchy is null ? "not mounted: mount -t cgroup2 none /sys/fs/cgroup/unified" : $"at {hierarchy.MountPoint}");
    }
}
