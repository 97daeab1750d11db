using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Enforcement.DnsOverTcp;

/// <summary>
/// A process that is on its way into a container. Its number is given again when it has ended; of the pidfd one learns
/// whether it is still this one.
/// </summary>
internal sealed class JoiningProcess : IDisposable
{
    private readonly string network;
    private SafeFileHandle process;

    private JoiningProcess(int pid, SafeFileHandle process)
    {
        network = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/ns/net");
        this.process = process;
    }

    internal long SinceNs { get; } = BootClock.NowNs();

    internal unsafe bool HasEnded
    {
        get
        {
            var polled = new Interop.Libc.PollDescriptor
            {
                Descriptor = (int)process.DangerousGetHandle(),
                Events = Native.POLLIN,
            };
            return Interop.Libc.poll(&polled, 1, 0) != 0;
        }
    }

    /// <summary>Null when it has ended.</summary>
    internal static JoiningProcess? TryOpen(int pid)
    {
        var descriptor = (int)Interop.Libc.syscall(Native.SYS_pidfd_open, pid, 0, 0, 0);
        return descriptor < 0 ? null : new JoiningProcess(pid, new SafeFileHandle(descriptor, ownsHandle: true));
    }

    /// <summary>Its network namespace as /proc names it (<c>net:[4026531840]</c>); null when it has ended.</summary>
    internal string? Network() => ProcText.TryReadLink(network);

    /// <summary>To be entered; invalid when it cannot be.</summary>
    internal SafeFileHandle OpenNetwork() =>
        new(Interop.Libc.open(network, Native.O_CLOEXEC, 0), ownsHandle: true);

    /// <summary>Hands the pidfd to somebody who outlives this object.</summary>
    internal SafeFileHandle Take()
    {
        var taken = process;
        process = new SafeFileHandle();
        return taken;
    }

    public void Dispose() => process.Dispose();
}
