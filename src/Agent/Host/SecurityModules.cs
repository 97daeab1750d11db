namespace Sallyport.Agent.Host;

/// <summary>The security modules of the kernel that are in use, as <c>lsm=</c> or its build names them.</summary>
internal static class SecurityModules
{
    /// <summary>Needs securityfs, which every distribution mounts.</summary>
    internal const string Path = "/sys/kernel/security/lsm";

    /// <summary>Programs may refuse (BPF LSM); false when it is not known. Whether the kernel takes ours shows when they are loaded.</summary>
    // "lockdown,capability,landlock,yama,apparmor,bpf"
    internal static bool HaveBpf() => ProcText.TryRead(Path)?.Trim().Split(',').Contains("bpf") == true;
}
