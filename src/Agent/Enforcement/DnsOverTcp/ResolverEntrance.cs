using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Enforcement.DnsOverTcp;

/// <summary>
/// A network namespace in which the kernel leads connections to the agent: its listener, and who says there whose socket a
/// connection is. A container's lasts as long as one of the processes that it is held for; its sockets would keep the
/// namespace alive.
/// </summary>
internal sealed class ResolverEntrance : IDisposable
{
    /// <summary>Processes that one is held for at a time; further ones of the namespace are not waited for.</summary>
    private const int MostHolders = 8;

    /// <summary>Descriptors to poll: both listeners, the holders.</summary>
    internal const int Polled = 2 + MostHolders;

    private readonly ResolverListener listener;
    private readonly ExactSocket sockets;
    private readonly Lock holding = new();
    private readonly List<SafeFileHandle> holders = [];
    private readonly bool isContainers;
    private bool isLeft;

    private ResolverEntrance(ResolverListener listener, ExactSocket sockets, JoiningProcess? holder)
    {
        this.listener = listener;
        this.sockets = sockets;
        Network = NetworkNamespace.Cookie();
        if (holder is not null)
        {
            isContainers = true;
            holders.Add(holder.Take());
        }
    }

    /// <summary>Cookie of the namespace.</summary>
    internal ulong Network { get; }

    internal ushort Port => listener.Port;

    internal Socket Ip4 => listener.Ip4;

    internal Socket? Ip6 => listener.Ip6;

    /// <summary>Nobody is in the namespace any more.</summary>
    internal bool IsLeft
    {
        get
        {
            lock (holding)
            {
                return isLeft;
            }
        }
    }

    /// <summary>In the network namespace of the calling thread.</summary>
    /// <param name="holder">A container's process, whose pidfd is this object's from here on; null in the agent's own.</param>
    /// <exception cref="Win32Exception">There is no port to listen on (loopback is not up yet), or no netlink socket.</exception>
    internal static ResolverEntrance Open(JoiningProcess? holder = null)
    {
        var listener = ResolverListener.Open();
        try
        {
            return new ResolverEntrance(listener, new ExactSocket(), holder);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>Cookie of the connected socket of this namespace that has these ends; 0 when there is none.</summary>
    internal ulong CookieOf(IPEndPoint own, IPEndPoint peer) => sockets.CookieOf(own, peer);

    /// <summary>Another process of the namespace; false when the namespace was left, and this object is of no use.</summary>
    internal bool TryHold(JoiningProcess process)
    {
        lock (holding)
        {
            if (isLeft)
            {
                return false;
            }

            if (holders.Count < MostHolders)
            {
                holders.Add(process.Take());
            }

            return true;
        }
    }

    /// <summary>What to wait for: <see cref="Polled"/> descriptors, -1 where there is none.</summary>
    internal void Fill(Span<Interop.Libc.PollDescriptor> polled)
    {
        polled.Fill(new Interop.Libc.PollDescriptor { Descriptor = -1 });
        polled[0] = For((int)Ip4.Handle);
        if (Ip6 is not null)
        {
            polled[1] = For((int)Ip6.Handle);
        }

        lock (holding)
        {
            for (var i = 0; i < holders.Count; i++)
            {
                polled[2 + i] = For((int)holders[i].DangerousGetHandle());
            }
        }
    }

    /// <summary>
    /// Forgets the processes that have ended. True when there is none left: then nobody is led here any more, before another
    /// entrance of the same namespace can be made.
    /// </summary>
    internal bool TryLeave(ReadOnlySpan<Interop.Libc.PollDescriptor> polled, IKernelTables tables)
    {
        lock (holding)
        {
            for (var i = holders.Count - 1; i >= 0; i--)
            {
                var at = polled[2 + i];
                if (at.Returned != 0 && at.Descriptor == (int)holders[i].DangerousGetHandle())
                {
                    holders[i].Dispose();
                    holders.RemoveAt(i);
                }
            }

            if (isContainers && holders.Count == 0 && !isLeft)
            {
                tables.Close(Network);
                isLeft = true;
            }

            return isLeft;
        }
    }

    public void Dispose()
    {
        lock (holding)
        {
            isLeft = true;
            holders.ForEach(holder => holder.Dispose());
            holders.Clear();
        }

        listener.Dispose();
        sockets.Dispose();
    }

    private static Interop.Libc.PollDescriptor For(int descriptor) =>
        new() { Descriptor = descriptor, Events = Native.POLLIN };
}
