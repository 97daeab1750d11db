using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

/// <summary>Facts about this machine that stand in every recording.</summary>
/// <param name="KernelRelease"><c>uname -r</c>.</param>
/// <param name="Architecture"><c>uname -m</c>.</param>
/// <param name="HasKernelTypes">BTF of the running kernel is there: programs that read its structures can load.</param>
internal sealed record Machine(string KernelRelease, string Architecture, bool HasKernelTypes)
{
    internal const string KernelTypes = "/sys/kernel/btf/vmlinux";
    internal const string LackOfKernelTypes =
        $"the types of the kernel (BTF), {KernelTypes}, are missing: a kernel with CONFIG_DEBUG_INFO_BTF has them";

    internal static Machine This() => new(
        (ProcText.TryRead("/proc/sys/kernel/osrelease") ?? "unknown").Trim(),
        RuntimeInformation.OSArchitecture switch
        {
            System.Runtime.InteropServices.Architecture.X64 => "x86_64",
            System.Runtime.InteropServices.Architecture.Arm64 => "aarch64",
            var other => other.ToString().ToLowerInvariant(),
        },
        File.Exists(KernelTypes));
}
