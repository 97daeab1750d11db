using System.Collections.Immutable;

namespace Sallyport.Agent.Core.Detection;

/// <summary>What processes do to each other, to the agent and to the machine.</summary>
public static class ProcessFindings
{
    /// <summary><c>runner-memory-read</c>.</summary>
    public static FindingKind RunnerMemoryRead { get; } = new(
        "runner-memory-read",
        "A process reached for the memory or the environment of the runner.",
        "critical",
        "Runner.Worker holds every secret of the job in its memory, those of other steps too. Seen: an open of /proc/PID/mem and "
        + "environ by any path, process_vm_readv, ptrace, perf_event_open, pidfd_getfd, also as 32-bit calls and through "
        + "io_uring. With `block` the process is killed before it has read anything.",
        "Treat the secrets of the job as known to whoever wrote the program, unless it says blocked. Find out where the process "
        + "came from: nothing in a job has use for it.")
    {
        CanBlock = true,
        IsBlockedByDefault = true,
        Evidence = FindingEvidence.Memory,
    };

    /// <summary><c>foreign-memory-read</c>.</summary>
    public static FindingKind ForeignMemoryRead { get; } = new(
        "foreign-memory-read",
        "A process reached for the memory of a process that is not of its step.",
        "high",
        "Another step’s process (its environment counts too), or one that is not the job’s: an agent for SSH keys, the service of "
        + "somebody else. Seen as for runner-memory-read. A debugger on a process of its own step is no finding.",
        "Find out what the process is and what the other one held.")
    {
        CanBlock = true,
        Evidence = FindingEvidence.Memory,
    };

    /// <summary><c>memory-guard-evaded</c>.</summary>
    public static FindingKind MemoryGuardEvaded { get; } = new(
        "memory-guard-evaded",
        "A process did what hides a read of memory from the kernel side.",
        "high",
        "A process that opens files by io_uring straight into the "
        + "ring’s own table or with the next request chained to it, could read what is to be prevented. Where the policy does not name it, it is "
        + "looked for only where runner-memory-read or foreign-memory-read blocks, and whoever does it is killed. Named, it does what the policy "
        + "says, whatever these two do: with `report` or `fail` it is told and goes on, and so may a read that nobody sees; with `off` "
        + "it is not looked for.",
        "If the program is known and needs it, set it to report for this job.")
    {
        CanBlock = true,
        IsBlockedByDefault = true,
        Evidence = FindingEvidence.Memory,
    };

    /// <summary><c>kernel-memory-read</c>.</summary>
    public static FindingKind KernelMemoryRead { get; } = new(
        "kernel-memory-read",
        "A process opened the memory of the machine (/proc/kcore or /dev/mem).",
        "critical",
        "All memory of all processes is in it.",
        "As for runner-memory-read.")
    {
        CanBlock = true,
        IsBlockedByDefault = true,
        Evidence = [FindingEvidence.Container],
    };

    /// <summary><c>core-pattern-changed</c>.</summary>
    public static FindingKind CorePatternChanged { get; } = new(
        "core-pattern-changed",
        "A process opened the kernel’s setting for crash dumps to write it (/proc/sys/kernel/core_pattern).",
        "high",
        "It says which program gets the memory of a process that crashes, and that program runs as root outside of any container.",
        "Find out what the process is. Tests of crash dumps do this; a step that only builds does not.")
    {
        CanBlock = true,
        Evidence = [FindingEvidence.Container],
    };

    /// <summary><c>kernel-program-loaded</c>.</summary>
    public static FindingKind KernelProgramLoaded { get; } = new(
        "kernel-program-loaded",
        "A process loaded, attached or detached a program of the kernel (eBPF).",
        "high",
        "Such a program sees and can change what the machine does, below every other defence. Only of processes that the kernel "
        + "would let do it.",
        "A container runtime inside the job does this for its containers, and so do tools for tracing. For anything else find out "
        + "what the process is.")
    {
        CanBlock = true,
        Evidence = [("command", "of bpf(2)"), FindingEvidence.Container],
    };

    /// <summary><c>agent-object-taken</c>.</summary>
    public static FindingKind AgentObjectTaken { get; } = new(
        "agent-object-taken",
        "A process got hold of a kernel program or a table of Sallyport.",
        "critical",
        "With it the process can read and change the rules, or end them. Looked for in every job of a runner; under `sallyport run` where "
        + "the policy names it or another finding of the memory guard, and wherever BPF LSM is in use.",
        "Unless it says blocked, trust nothing in this report from here on. `bpftool` does this when it lists what is loaded.")
    {
        CanBlock = true,
        IsBlockedByDefault = true,
        Evidence = [("what", "`table`, `program` or `link`"), FindingEvidence.Container],
    };

    /// <summary><c>agent-attacked</c>.</summary>
    public static FindingKind AgentAttacked { get; } = new(
        "agent-attacked",
        "A process tried to end, stop or take over the agent.",
        "critical",
        "By a signal that the agent does not handle by itself, by ptrace, or by limits set on it; `how` says which, `target` which process of the "
        + "agent’s. Seen and prevented where BPF LSM is in use, but in the scope of the machine; `sallyport doctor` says so. Elsewhere only root can do "
        + "it, and what came of it is told by `observation-lost`. With `block` the call fails with EPERM, and who made it goes on. Not seen: "
        + "limits of the agent’s cgroup, and what the kernel does by its own decision.",
        "Find out what the process is. `kill -9 0` in a script that was started in the agent’s own process group does this too.")
    {
        CanBlock = true,
        IsBlockedByDefault = true,
        Evidence =
        [
            ("how", "`signal N`, `ptrace` or `prlimit`"),
            ("target", "which process of the agent’s, `pid N`"),
            FindingEvidence.Container,
        ],
    };

    /// <summary><c>socket-shell</c>.</summary>
    public static FindingKind SocketShell { get; } = new(
        "socket-shell",
        "A program was started whose input and output are one network connection.",
        "critical",
        "Whoever is at the other end commands it: a reverse shell. Seen by the descriptors of the program and of its parent, whatever "
        + "their names. Not seen: a shell whose pipes another process copies to the connection.",
        "Find out where the command came from. A server that starts a program for each caller (inetd) looks the same.")
    {
        CanBlock = true,
        Evidence =
        [
            ("peer", "address at the other end, where it is known"),
            ("port", "there"),
            ("connection", "its number in the recording"),
        ],
    };

    /// <summary><c>credentials-swept</c>.</summary>
    public static FindingKind CredentialsSwept { get; } = new(
        "credentials-swept",
        "One command opened files of credentials of three kinds that are not its own.",
        "high",
        "Programs that steal look into every such file. Files are known by name and folder (.ssh/id_rsa, .aws/credentials, .npmrc …); "
        + "a tool that reads its own is not counted. What a step’s script calls one after the other are several commands; any other program that a "
        + "step or a container begins with (the node of an action) is one, with all that it starts.",
        "Find out what the command is, and renew the credentials named.")
    {
        Evidence =
        [
            ("credentials", "the kinds"),
            ("kinds", "how many"),
            ("command", "program of the command that did it, with all that it started"),
        ],
    };

    /// <summary><c>cloud-metadata-read</c>.</summary>
    public static FindingKind CloudMetadataRead { get; } = new(
        "cloud-metadata-read",
        "A process called the metadata service of the cloud.",
        "medium",
        "It gives the identity of the machine to whoever asks. It says blocked where the policy refused the call.",
        "Leave the address out of the policy, or allow it for the one step that needs it.")
    {
        Evidence =
        [
            ("address", "that was called"),
            ("port", "there"),
            ("service", "what answers there"),
            FindingEvidence.Container,
        ],
    };

    /// <summary><c>dns-encoded-name</c>.</summary>
    public static FindingKind EncodedNames { get; } = new(
        "dns-encoded-name",
        "Names were asked for that look like encoded data.",
        "high",
        "Whoever answers for the zone reads the names: labels carry data out. Seen: long labels of letters and digits in turn, two "
        + "below one zone.",
        "Look at the name and the process. A policy in block mode lets no such question out for a zone that it does not allow.")
    {
        Evidence = [("zone", "that the names are below"), ("name", "the one that decided"), FindingEvidence.Container],
    };

    /// <summary><c>unnamed-program</c>.</summary>
    public static FindingKind UnnamedProgram { get; } = new(
        "unnamed-program",
        "A program was started that has no file any more, or never had one.",
        "high",
        "A program in memory alone (memfd_create), or one whose file was removed before it began, leaves nothing to look at.",
        "Find out what started it.")
    {
        Evidence = [("program", "as the kernel calls it"), FindingEvidence.Container],
    };

    /// <summary><c>dropped-program-run</c>.</summary>
    public static FindingKind DroppedProgramRun { get; } = new(
        "dropped-program-run",
        "A file was run that the job had fetched from another machine.",
        "medium",
        "A dropper writes its payload outside the folder of the job, and runs it. Seen: programs and scripts in temporary and home "
        + "folders, written by a process that called another machine or whose parent started one that did (`curl … | tar x`). What a "
        + "compiler writes is none. In a container these are its own /tmp, /var/tmp, /root and /home, and what it was given of the machine’s "
        + "watched folders; a folder below a home that the container’s first program began in is its workplace. Not seen: a copy that another command "
        + "made of it, a file that was fetched outside of the container that runs it, one on a file system of the container’s own (`--tmpfs`) or whose "
        + "layers are no overlay’s of the kernel’s, containers in containers (a BuildKit of its own, as docker/setup-buildx-action makes, kind), a file of the image that "
        + "was written over, and a library that a program loads (LD_PRELOAD, dlopen): nothing begins then.",
        "Find out what the file is. Installers that are fetched and run (`curl … | sh`) do this; pin what they fetch.")
    {
        Evidence =
        [
            ("program", "path of the file"),
            ("writtenBy", "program that wrote it"),
            ("downloadedBy", "program that called another machine"),
            FindingEvidence.Container,
        ],
    };

    /// <summary><c>program-removed-itself</c>.</summary>
    public static FindingKind ProgramRemovedItself { get; } = new(
        "program-removed-itself",
        "A program took away the file that it was running.",
        "medium",
        "Malware leaves nothing to look at when it is done. Seen where files are watched: in the folder of the job, in home and "
        + "in temporary folders, in a container as for dropped-program-run. What is taken away by whoever started it is none.",
        "Find out where the file came from. Some installers clean up like that.")
    {
        Evidence = [("program", "path of the file"), ("removedBy", "program that took it away"), FindingEvidence.Container],
    };

    /// <summary><c>privileged-container</c>.</summary>
    public static FindingKind PrivilegedContainer { get; } = new(
        "privileged-container",
        "A container was started that has so much of its machine that it can take it over.",
        "high",
        "Whoever may start one is root. `has` says what it is: `privileged`, `capabilities` beyond the container, the machine's `pids`, "
        + "`ipc`, `network`, `files` or `devices`, the `runtime-socket`. As Docker or podman’s service says after it made it, whoever asked for it and by "
        + "whichever client (the command, the API, compose); a container that is gone within milliseconds may be missed. The socket that a runner gives to "
        + "each container of its own is none. Not seen is what other runtimes make (containerd by `ctr` or `nerdctl`, CRI-O, a BuildKit of its own), nor "
        + "what `podman run` makes as root without a service: that is a child of the job, which was root before, "
        + "and what it does to the machine is found as that. With `block` the request is refused before the daemon has it, and the container once more "
        + "before it is started, entered, attached to, or files are copied out of it or into it, by what the daemon says of it, whoever made it; then a "
        + "process of a container with all capabilities (`docker exec --privileged`), volumes that are a folder of the machine, a build in the machine’s network, swarm and plug-ins "
        + "(`untold`) are refused too, what cannot be read (`request`), and a container of which the daemon does not say what it has "
        + "(`undescribed`).",
        "Start it without. A job that needs such a container belongs on a machine that exists for it alone.")
    {
        CanBlock = true,
        Evidence = [("has", "what it has of its machine"), ("image", "name of the image"), FindingEvidence.Container],
    };

    /// <summary><c>agent-files-covered</c>.</summary>
    public static FindingKind AgentFilesCovered { get; } = new(
        "agent-files-covered",
        "Something was mounted over files of the agent.",
        "high",
        "Whoever looks there next, the agent's successor too, sees other files. The agent itself has open what it needs. Seen in "
        + "the mount namespace of the machine; by whom is not known.",
        "Find out what ran as root then, and take the machine out of use.")
    {
        Evidence = [("place", "that was mounted over")],
    };

    /// <summary><c>rogue-runner</c>.</summary>
    public static FindingKind RogueRunner { get; } = new(
        "rogue-runner",
        "A job started or registered an Actions runner.",
        "critical",
        "A runner of somebody else’s takes commands from there on, also after the job. Known by the name of its program, and by the two files "
        + "that a registration leaves in one folder (`.runner`, `.credentials`), whatever the program is called. Not seen: one under another "
        + "name that is given its settings as an argument (just in time) and writes no such files.",
        "Remove the runner from the settings of the repository or organisation, and take the machine out of use.")
    {
        Evidence =
        [
            ("program", "that did it"),
            ("does", "`runs`, or `registers a runner`"),
            ("folder", "of the registration’s files"),
            FindingEvidence.Container,
        ],
    };

    /// <summary><c>process-left-running</c>.</summary>
    public static FindingKind ProcessLeftRunning { get; } = new(
        "process-left-running",
        "A process was left running after its step.",
        "low",
        "It goes on with what it does under the eyes of nobody, and reads what later steps write.",
        "Nothing, when the step is known to start a server for later ones.")
    {
        Evidence =
        [
            ("program", "path"), ("pid", "as the machine counts"),
            ("more", "how many there are besides those that are named, in a finding of its own"),
        ],
    };

    /// <summary>All of them, in the order of the manual.</summary>
    public static ImmutableArray<FindingKind> All { get; } =
    [
        RunnerMemoryRead, ForeignMemoryRead, MemoryGuardEvaded, KernelMemoryRead, CorePatternChanged, KernelProgramLoaded,
        AgentObjectTaken, AgentAttacked, SocketShell, CredentialsSwept, CloudMetadataRead, EncodedNames, UnnamedProgram,
        DroppedProgramRun, ProgramRemovedItself, AgentFilesCovered, PrivilegedContainer, RogueRunner, ProcessLeftRunning,
    ];
}
