using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Enforcement;

/// <summary>A program of this network namespace that remembers answers for the whole machine.</summary>
/// <param name="Name">Its file's name.</param>
/// <param name="Exe">Path of the file.</param>
/// <param name="Process">pidfd_open(2): readable when it has ended.</param>
internal sealed record ResolverService(string Name, string Exe, SafeFileHandle Process) : IDisposable
{
    internal const string Resolved = "systemd-resolved";
    internal const string NameCache = "nscd";
    internal const string Dnsmasq = "dnsmasq";
    private const int Most = 8;

    internal static ImmutableArray<ResolverService> Find()
    {
        var network = ProcText.TryReadLink("/proc/self/ns/net");
        var found = ImmutableArray.CreateBuilder<ResolverService>();
        foreach (var pid in ProcessNumbers.All())
        {
            if (found.Count < Most && IsResolver(pid, network, out var exe) && TryOpen(pid) is { } process)
            {
                // Once more: the number is held from here on, and was it that of another one before?
                if (IsResolver(pid, network, out exe))
                {
                    found.Add(new ResolverService(Path.GetFileName(exe), exe, process));
                }
                else
                {
                    process.Dispose();
                }
            }
        }

        return found.ToImmutable();
    }

    /// <summary>Gives null, or why not.</summary>
    internal string? TrySignal(int signal) =>
        Interop.Libc.syscall(Native.SYS_pidfd_send_signal, Process.DangerousGetHandle(), signal, 0, 0) == 0
            ? null
            : Errno.Describe(Errno.Last);

    public void Dispose() => Process.Dispose();

    private static bool IsResolver(int pid, string? network, out string exe)
    {
        exe = ProcText.TryReadLink($"/proc/{pid}/exe") ?? string.Empty;
        return Path.GetFileName(exe) is Resolved or NameCache or Dnsmasq
            && ProcText.TryReadLink($"/proc/{pid}/ns/net") == network;
    }

    private static SafeFileHandle? TryOpen(int pid)
    {
        var descriptor = (int)Interop.Libc.syscall(Native.SYS_pidfd_open, pid, 0, 0, 0);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }
}
