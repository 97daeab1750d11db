namespace Sallyport.Wire;

/// <summary><c>enum sp_loss</c>: index of the per-CPU counters of losses. Zero is the only good value.</summary>
public enum KernelLoss : int
{
    /// <summary>Main ring full.</summary>
    EventRing = 0,

    /// <summary>Ring of refusals and findings full.</summary>
    AlertRing = 1,

    /// <summary>A child could not be tagged and was killed; before Linux 6.13 its parent.</summary>
    TaskTable = 2,

    /// <summary>An address could not be leased.</summary>
    LeaseTable = 3,

    /// <summary>A question could not be remembered: its answer leases nothing.</summary>
    QueryTable = 4,

    /// <summary>A socket could not be marked: what a rule alone allows is refused to it.</summary>
    SocketStorage = 5,

    /// <summary>A UDP peer could not be remembered.</summary>
    PeerTable = 6,

    /// <summary>A cgroup of the job could not be remembered.</summary>
    CgroupTable = 7,

    /// <summary>argv that could not be read.</summary>
    Arguments = 8,

    /// <summary>A network device could not be remembered: who brought it up was killed.</summary>
    DeviceTable = 9,

    /// <summary>By the agent: a device that came during the job carries no program, and what leaves by it has no last word.</summary>
    DevicePrograms = 10,

    /// <summary>A connection to a resolver could not be led to the agent's: it is judged as any other.</summary>
    RedirectTable = 11,

    /// <summary>A device of the job's could not be noted as its own: it may count as the machine's.</summary>
    JobDevices = 12,

    /// <summary>Whose a container's network is could not be noted: what a runtime asks for it is not judged as its.</summary>
    NetworkTable = 13,

    /// <summary>By the agent: a refused socket was not destroyed, and its client waits until it gives up.</summary>
    RefusedSockets = 14,

    /// <summary>By the agent: a container stays without name and image.</summary>
    ContainerNames = 15,

    /// <summary>By the agent: an executed file stays without its SHA-256.</summary>
    ExecutableHashes = 16,

    /// <summary>Length of the array of counters.</summary>
    Count = 24,
}
