using System.Collections.Immutable;

namespace Sallyport.Agent.Core.Detection;

/// <summary>How a job becomes root, and what only root can do to the kernel.</summary>
public static class RootFindings
{
    /// <summary><c>root-gained</c>.</summary>
    public static FindingKind RootGained { get; } = new(
        "root-gained",
        "A process that had nothing of root’s gained it by a way that it should not have.",
        "critical",
        "By what the kernel lets it do when it begins a program, not by what it is called. `by` says how: a `set-uid file` that the job has "
        + "made (or, where sudo was taken from the job, one that lies outside the folders of the system); a `set-uid program` of the system "
        + "that runs another one as root, though sudo was taken away; `nothing` that gives it, which is a hole of the kernel’s, or a "
        + "namespace to which somebody gave the machine’s own user 0; `unbounded`: with more than `sudo: bounded` leaves. sudo that the job "
        + "was left is none, and containers are not looked at. Where the job was left sudo, it is prevented only by a policy that names it.",
        "Find out what the program is. Unless it says blocked, whoever wrote it owns the machine from there on.")
    {
        CanBlock = true,
        IsBlockedByDefault = true,
        Evidence = [("by", "`set-uid file`, `set-uid program`, `nothing` or `unbounded`")],
    };

    /// <summary><c>sudo-changed</c>.</summary>
    public static FindingKind SudoChanged { get; } = new(
        "sudo-changed",
        "A file that says who may become root was changed.",
        "high",
        "/etc/sudoers, what is below /etc/sudoers.d, /etc/sudo.conf, what is below /etc/pam.d and polkit-1/rules.d, /etc/ld.so.preload, also "
        + "by a container that has the folder. Where sudo was taken from the job or bounded, this gives it back; `root-gained` sees the use of it.",
        "Find out what the process is. A package that brings such a file does this too.")
    {
        Evidence =
        [
            ("file", "path"),
            ("change", "what was done to it: `written`, `renamed` …"),
            ("program", "that did it"),
            FindingEvidence.Container,
        ],
    };

    /// <summary><c>kernel-module-loaded</c>.</summary>
    public static FindingKind ModuleLoaded { get; } = new(
        "kernel-module-loaded",
        "A process tried to load a module of the kernel, or another kernel.",
        "high",
        "init_module, finit_module, kexec_load and kexec_file_load, whether they came to pass or not, by a process that the kernel lets do it. "
        + "Code of the kernel’s sees and changes everything, also what is reported here.",
        "Tools for containers and for networks load modules of the distribution (modprobe). For anything else find out what the process is.")
    {
        CanBlock = true,
        Evidence = [("what", "`module` or `kernel`"), FindingEvidence.Container],
    };

    /// <summary><c>disk-written</c>.</summary>
    public static FindingKind DiskWritten { get; } = new(
        "disk-written",
        "A process opened a disk that is in use to write to it.",
        "high",
        "Below the file system every file can be changed, and nothing that watches files sees it. A disk that nobody has mounted or holds "
        + "otherwise is none: a job may make images of its own.",
        "Find out what the process is. A job has no use for the disks of its machine.")
    {
        CanBlock = true,
        Evidence = [FindingEvidence.Container],
    };

    /// <summary><c>user-namespace-made</c>.</summary>
    public static FindingKind NamespaceMade { get; } = new(
        "user-namespace-made",
        "A process made a user namespace.",
        "medium",
        "In it whoever made it has all capabilities: none over the machine, but much of the kernel that is closed to users otherwise, which most "
        + "ways to root by a hole of the kernel’s begin with. Browsers (their sandbox) and rootless containers do it honestly. Looked for only where "
        + "the policy names it, and where BPF LSM is in use (Linux 6.1), but not in the scope of the machine. With `block` it fails with EPERM.",
        "Find out what the process is, and block it for jobs that need none.")
    {
        CanBlock = true,
        Evidence = [FindingEvidence.Container],
    };

    /// <summary>All of them, in the order of the manual.</summary>
    public static ImmutableArray<FindingKind> All { get; } = [RootGained, SudoChanged, ModuleLoaded, DiskWritten, NamespaceMade];
}
