using System.Collections.Concurrent;
using System.ComponentModel;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;
using Sallyport.Wire;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// Destroys TCP sockets whose packets are refused, on a thread of its own, in the namespace of each. The refusal itself
/// does not wait for it: nothing leaves either way. Bounded by <see cref="Most"/> waiting; past it the client times out, which is counted.
/// </summary>
internal sealed class RefusedSockets : IDisposable
{
    private const int Most = 1024;
    private const int NetworkNamespaceKind = 0x40000000;
    private const byte Tcp = 6;

    /// <summary>Of a record that does not name the namespace: this one, else the process's.</summary>
    private const ulong Unknown = ulong.MaxValue;

    private const string OwnNamespace = "/proc/thread-self/ns/net";
    private const int ReadOnlyCloseOnExec = 0x80000;

    private readonly BlockingCollection<(ulong Cookie, ulong Network, uint Pid)> waiting = new(Most);
    private readonly ulong ownNetwork = NetworkNamespace.Cookie();
    private readonly Thread thread;
    private long lost;

    internal RefusedSockets()
    {
        thread = new Thread(Run) { Name = "refused", IsBackground = true };
        thread.Start();
    }

    /// <summary>Sockets that were not destroyed: there was no place for them, no way to where they are, or the kernel did not do it.</summary>
    internal long Lost => Interlocked.Read(ref lost);

    /// <summary>Looks at a record of the ring of alerts.</summary>
    internal void Inspect(ReadOnlySpan<byte> record)
    {
        if (record.Length < Unsafe.SizeOf<RecordHeader>())
        {
            return;
        }

        var type = MemoryMarshal.Read<RecordHeader>(record).Type;
        if (type == RecordType.FlowNamed && record.Length >= Unsafe.SizeOf<FlowNamedRecord>())
        {
            var named = MemoryMarshal.Read<FlowNamedRecord>(record);
            if (named.Verdict == KernelVerdict.Refused)
            {
                Add(named.Cookie, named.Network, named.Pid);
            }
        }
        else if (type == RecordType.Connection && record.Length >= Unsafe.SizeOf<ConnectionRecord>())
        {
            var connection = MemoryMarshal.Read<ConnectionRecord>(record);
            if (connection.Verdict == KernelVerdict.Refused && connection.Protocol == Tcp && connection.Cookie != 0
                && connection.Hook is KernelHook.Egress or KernelHook.Uplink)
            {
                Add(connection.Cookie, connection.Network, connection.Pid);
            }
        }
        else if (type == RecordType.Intrusion && record.Length >= Unsafe.SizeOf<IntrusionRecord>())
        {
            var intrusion = MemoryMarshal.Read<IntrusionRecord>(record);
            if (intrusion is { Call: IntrusionCall.MiningSpoken, Blocked: not 0 })
            {
                Add(intrusion.Target, Unknown, intrusion.Pid);
            }
        }
    }

    public void Dispose()
    {
        waiting.CompleteAdding();
        thread.Join();
        waiting.Dispose();
    }

    private void Add(ulong cookie, ulong network, uint pid)
    {
        if (!waiting.TryAdd((cookie, network, pid)))
        {
            _ = Interlocked.Increment(ref lost);
        }
    }

    private void Run()
    {
        foreach (var (cookie, network, pid) in waiting.GetConsumingEnumerable())
        {
            try
            {
                var isElsewhere = network is not (0 or Unknown) && network != ownNetwork;
                if (isElsewhere || (!TryDestroy(cookie) && network == Unknown))
                {
                    DestroyElsewhere(cookie, pid);
                }
            }
            catch (Win32Exception)
            {
                // No netlink socket to be had, its answer was lost, or the kernel does not do it: the client times out.
                _ = Interlocked.Increment(ref lost);
            }
        }
    }

    /// <summary>First where the process is; it may have ended or gone elsewhere, so then in every other namespace.</summary>
    /// <exception cref="Win32Exception">One of them cannot be entered, and the socket was in none of the others.</exception>
    private static void DestroyElsewhere(ulong cookie, uint pid)
    {
        using var own = new Descriptor(OwnNamespace);
        if (!own.IsOpen)
        {
            throw new Win32Exception(Errno.Last);
        }

        var error = 0;
        var seen = new HashSet<string?> { ProcText.TryReadLink(OwnNamespace), null };
        foreach (var candidate in ProcessNumbers.All().Prepend((int)pid))
        {
            if (seen.Add(ProcText.TryReadLink(NamespaceOf(candidate))))
            {
                using var other = new Descriptor(NamespaceOf(candidate));
                if (other.IsOpen && TryDestroyIn(other, own, cookie, ref error))
                {
                    return;
                }
            }
        }

        if (error != 0)
        {
            throw new Win32Exception(error);
        }
    }

    private static bool TryDestroyIn(Descriptor other, Descriptor own, ulong cookie, ref int error)
    {
        if (Interop.Libc.setns(other.Number, NetworkNamespaceKind) != 0)
        {
            error = Errno.Last;
            return false;
        }

        try
        {
            return TryDestroy(cookie);
        }
        finally
        {
            _ = Interop.Libc.setns(own.Number, NetworkNamespaceKind);
        }
    }

    private static string NamespaceOf(int pid) => string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/ns/net");

    private static bool TryDestroy(ulong cookie)
    {
        using var sockets = new SocketDiagnosis();
        return sockets.TryDestroy(cookie);
    }

    private readonly ref struct Descriptor(string path)
    {
        internal int Number { get; } = Interop.Libc.open(path, ReadOnlyCloseOnExec, 0);

        internal bool IsOpen => Number >= 0;

        internal void Dispose()
        {
            if (IsOpen)
            {
                _ = Interop.Libc.close(Number);
            }
        }
    }
}
