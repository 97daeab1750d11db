using System.Collections.Immutable;
using Sallyport.Agent.Host;

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
        Pins(),
        .. KernelFeature.Used.Select(Feature),
    ];

    private static MachineCheck Feature(KernelFeature feature)
    {
        var lack = feature.Lack();
        return new MachineCheck(
            feature.Name,
            lack is null,
            feature.Needed ? MachineCheck.ToObserve : MachineCheck.Optional,
            lack is null ? feature.Use : $"{lack}; it is used for {feature.Use}");
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
        machine.HasKernelTypes ? Machine.KernelTypes : $"{Machine.KernelTypes} is missing: a kernel with CONFIG_DEBUG_INFO_BTF has it");

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

    private static MachineCheck Pins()
    {
        var mounted = (ProcText.TryRead("/proc/self/mountinfo") ?? string.Empty)
            .Contains(" /sys/fs/bpf ", StringComparison.Ordinal);
        return new MachineCheck(
            "BPF file system",
            mounted,
            MachineCheck.Optional,
            mounted ? "at /sys/fs/bpf" : "not mounted at /sys/fs/bpf: sallyport mounts one for its pins");
    }
}
