using System.Collections.Immutable;
using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Enforcement.DnsOverTcp;

/// <summary>
/// Serves DNS over TCP (RFC 7766) to the job: the kernel leads connections to port 53 of a resolver here and notes, by
/// the client's socket, who meant which. One thread, which never waits for a single connection. Bounded by
/// <see cref="MostSessions"/>; past it a connection is closed at once, as is one that the kernel did not lead here.
/// </summary>
internal sealed class Resolver : IDisposable
{
    internal const int MostSessions = 128;

    // Idle connections are looked at this often.
    private const int LookMilliseconds = 1000;
    private const int ClientsBegin = 3; // in the list of descriptors: both listeners, the pipe

    private readonly ResolverListener listener;
    private readonly IKernelTables tables;
    private readonly IUpstreams upstreams;
    private readonly ResolverParts parts;
    private readonly ExactSocket sockets = new();
    private readonly DescriptorPipe stop = DescriptorPipe.Open();
    private readonly List<Session> sessions = [];
    private readonly Thread thread;

    /// <param name="listener">From here on this object's.</param>
    /// <param name="tables">The kernel's.</param>
    /// <param name="upstreams">From here on this object's.</param>
    /// <param name="records">Where questions and leases are told.</param>
    internal Resolver(ResolverListener listener, IKernelTables tables, IUpstreams upstreams, AgentRecords records)
    {
        this.listener = listener;
        this.tables = tables;
        this.upstreams = upstreams;
        parts = new ResolverParts(new QuestionJudge(tables), new AnswerLeases(tables, records), upstreams, records);
        thread = new Thread(Run) { Name = "resolver", IsBackground = true };
        thread.Start();
    }

    /// <summary>Where the kernel leads connections to, host order.</summary>
    internal ushort Port => listener.Port;

    /// <exception cref="Win32Exception">There is no port to listen on, or no netlink socket.</exception>
    /// <exception cref="IOException">There is no pipe.</exception>
    internal static Resolver Start(KernelObject kernel, AgentRecords records, ImmutableArray<IPAddress> servers) =>
        new(ResolverListener.Open(), new KernelTables(kernel), new Upstreams(kernel, servers), records);

    public void Dispose()
    {
        stop.TakeWriter().Dispose();
        thread.Join();
        stop.Dispose();
        listener.Dispose();
        sockets.Dispose();
        upstreams.Dispose();
    }

    private unsafe void Run()
    {
        var polled = stackalloc Interop.Libc.PollDescriptor[ClientsBegin + (2 * MostSessions)];
        while (true)
        {
            var count = Fill(new Span<Interop.Libc.PollDescriptor>(polled, ClientsBegin + (2 * MostSessions)));
            var ready = Interop.Libc.poll(polled, (nuint)count, sessions.Count == 0 ? -1 : LookMilliseconds);
            if (ready > 0 && polled[2].Returned != 0)
            {
                break;
            }

            // The list was filled anew with nothing returned, so an interrupted call says nothing.
            Advance(new ReadOnlySpan<Interop.Libc.PollDescriptor>(polled, count));
            Accept(listener.Ip4, polled[0].Returned);
            Accept(listener.Ip6, polled[1].Returned);
        }

        foreach (var session in sessions)
        {
            End(session);
        }
    }

    private int Fill(Span<Interop.Libc.PollDescriptor> polled)
    {
        polled[0] = Listening(listener.Ip4);
        polled[1] = Listening(listener.Ip6);
        polled[2] = For((int)stop.Reader.DangerousGetHandle(), Native.POLLIN);
        var count = ClientsBegin;
        foreach (var session in sessions)
        {
            polled[count++] = For(session.ClientDescriptor, session.ClientEvents);
            polled[count++] = For(session.UpstreamDescriptor, session.UpstreamEvents);
        }

        return count;
    }

    private void Advance(ReadOnlySpan<Interop.Libc.PollDescriptor> polled)
    {
        var now = BootClock.NowNs();
        for (var i = sessions.Count - 1; i >= 0; i--)
        {
            var at = ClientsBegin + (2 * i);
            if (!TryAdvance(sessions[i], polled[at].Returned, polled[at + 1].Returned, now))
            {
                End(sessions[i]);
                sessions.RemoveAt(i);
            }
        }
    }

    private static bool TryAdvance(Session session, short client, short upstream, long now)
    {
        try
        {
            return session.Advance(client, upstream, now);
        }
        catch (Win32Exception)
        {
            // A socket that failed otherwise than by being read or written: the session ends, the others do not.
            return false;
        }
    }

    /// <summary>One at a time: poll() says when there are more.</summary>
    private void Accept(Socket? from, short returned)
    {
        if (from is null || returned == 0)
        {
            return;
        }

        Socket? socket = null;
        try
        {
            socket = from.Accept();
            socket.Blocking = false;
            socket.NoDelay = true;
            var cookie = sockets.CookieOf((IPEndPoint)socket.RemoteEndPoint!, (IPEndPoint)socket.LocalEndPoint!);
            if (cookie == 0 || !tables.TryGetRedirect(cookie, out var who))
            {
                return;
            }

            if (sessions.Count == MostSessions)
            {
                tables.RemoveRedirect(cookie);
                return;
            }

            sessions.Add(new Session(socket, cookie, who, parts, BootClock.NowNs()));
            socket = null;
        }
        catch (Win32Exception)
        {
            // The client has gone again.
        }
        finally
        {
            socket?.Dispose();
        }
    }

    private void End(Session session)
    {
        tables.RemoveRedirect(session.Cookie);
        session.Dispose();
    }

    private static Interop.Libc.PollDescriptor Listening(Socket? socket) =>
        For(socket is null ? -1 : (int)socket.SafeHandle.DangerousGetHandle(), Native.POLLIN);

    private static Interop.Libc.PollDescriptor For(int descriptor, short events) =>
        new() { Descriptor = descriptor, Events = events };
}
