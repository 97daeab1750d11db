using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Enforcement.DnsOverTcp;

/// <summary>
/// Serves DNS over TCP (RFC 7766) to the job: the kernel leads connections to port 53 of a resolver here and notes, by
/// the client's socket, who meant which; in its own network namespace and in those of the job's containers. One thread, which never waits for a single connection. Bounded by
/// <see cref="MostSessions"/>; past it a connection is closed at once, as is one that the kernel did not lead here.
/// </summary>
internal sealed class Resolver : IDisposable
{
    internal const int MostSessions = 128;

    // Idle connections are looked at this often.
    private const int LookMilliseconds = 1000;
    private const int MostPolled =
        1 + ((1 + ContainerEntrances.Most) * ResolverEntrance.Polled) + (2 * MostSessions);

    private readonly IKernelTables tables;
    private readonly IUpstreams upstreams;
    private readonly ResolverParts parts;
    private readonly DescriptorPipe wake = DescriptorPipe.Open();
    private readonly ConcurrentQueue<ResolverEntrance> coming = new();
    private readonly List<ResolverEntrance> entrances;
    private readonly List<Session> sessions = [];
    private readonly Thread thread;

    /// <param name="entrance">In the agent's own namespace; from here on this object's.</param>
    /// <param name="tables">The kernel's.</param>
    /// <param name="upstreams">From here on this object's.</param>
    /// <param name="records">Where questions and leases are told.</param>
    internal Resolver(ResolverEntrance entrance, IKernelTables tables, IUpstreams upstreams, AgentRecords records)
    {
        entrances = [entrance];
        Port = entrance.Port;
        this.tables = tables;
        this.upstreams = upstreams;
        parts = new ResolverParts(new QuestionJudge(tables), new AnswerLeases(tables, records), upstreams, records);
        _ = tables.TryOpen(entrance.Network, entrance.Port);
        thread = new Thread(Run) { Name = "resolver", IsBackground = true };
        thread.Start();
    }

    /// <summary>Where the kernel leads connections of the agent's own namespace to, host order.</summary>
    internal ushort Port { get; }

    /// <exception cref="Win32Exception">There is no port to listen on, or no netlink socket.</exception>
    /// <exception cref="IOException">There is no pipe.</exception>
    internal static Resolver Start(KernelObject kernel, AgentRecords records, ImmutableArray<IPAddress> servers) =>
        new(ResolverEntrance.Open(), new KernelTables(kernel), new Upstreams(kernel, servers), records);

    /// <summary>Serves another namespace too, as long as one of its processes lives. May be called by any thread.</summary>
    internal unsafe void Add(ResolverEntrance entrance)
    {
        if (!tables.TryOpen(entrance.Network, entrance.Port))
        {
            entrance.Dispose();
            return;
        }

        coming.Enqueue(entrance);
        byte any = 0;
        _ = Interop.Libc.write((int)wake.Writer.DangerousGetHandle(), &any, 1);
    }

    public void Dispose()
    {
        wake.TakeWriter().Dispose();
        thread.Join();
        wake.Dispose();
        foreach (var entrance in entrances.Concat(coming))
        {
            tables.Close(entrance.Network);
            entrance.Dispose();
        }

        upstreams.Dispose();
    }

    private unsafe void Run()
    {
        var polled = stackalloc Interop.Libc.PollDescriptor[MostPolled];
        while (true)
        {
            var count = Fill(new Span<Interop.Libc.PollDescriptor>(polled, MostPolled));
            var ready = Interop.Libc.poll(polled, (nuint)count, sessions.Count == 0 ? -1 : LookMilliseconds);
            if (ready > 0 && (polled[0].Returned & Native.POLLHUP) != 0)
            {
                break;
            }

            // The list was filled anew with nothing returned, so an interrupted call says nothing.
            var returned = new ReadOnlySpan<Interop.Libc.PollDescriptor>(polled, count);
            Advance(returned[ClientsBegin..]);
            Attend(returned[1..]);
            TakeComing(polled[0].Returned);
        }

        foreach (var session in sessions)
        {
            End(session);
        }
    }

    /// <summary>In the list of descriptors: the pipe, then the entrances.</summary>
    private int ClientsBegin => 1 + (entrances.Count * ResolverEntrance.Polled);

    private int Fill(Span<Interop.Libc.PollDescriptor> polled)
    {
        polled[0] = For((int)wake.Reader.DangerousGetHandle(), Native.POLLIN);
        for (var i = 0; i < entrances.Count; i++)
        {
            entrances[i].Fill(polled.Slice(1 + (i * ResolverEntrance.Polled), ResolverEntrance.Polled));
        }

        var count = ClientsBegin;
        foreach (var session in sessions)
        {
            polled[count++] = For(session.ClientDescriptor, session.ClientEvents);
            polled[count++] = For(session.UpstreamDescriptor, session.UpstreamEvents);
        }

        return count;
    }

    /// <summary>New connections, and namespaces that nobody is in any more.</summary>
    private void Attend(ReadOnlySpan<Interop.Libc.PollDescriptor> polled)
    {
        for (var i = entrances.Count - 1; i >= 0; i--)
        {
            var entrance = entrances[i];
            var returned = polled.Slice(i * ResolverEntrance.Polled, ResolverEntrance.Polled);
            Accept(entrance, entrance.Ip4, returned[0].Returned);
            Accept(entrance, entrance.Ip6, returned[1].Returned);
            if (entrance.TryLeave(returned, tables))
            {
                entrance.Dispose();
                entrances.RemoveAt(i);
            }
        }
    }

    private unsafe void TakeComing(short returned)
    {
        var bytes = stackalloc byte[1];
        if (returned != 0 && Interop.Libc.read(wake.Reader, bytes, 1) == 1 && coming.TryDequeue(out var entrance))
        {
            entrances.Add(entrance);
        }
    }

    private void Advance(ReadOnlySpan<Interop.Libc.PollDescriptor> polled)
    {
        var now = BootClock.NowNs();
        for (var i = sessions.Count - 1; i >= 0; i--)
        {
            var at = 2 * i;
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
    private void Accept(ResolverEntrance entrance, Socket? from, short returned)
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
            var cookie = entrance.CookieOf((IPEndPoint)socket.RemoteEndPoint!, (IPEndPoint)socket.LocalEndPoint!);
            if (cookie == 0 || !tables.TryGetRedirect(cookie, out var who))
            {
                return;
            }

            if (who.Resolver.IsZero)
            {
                who.Resolver = upstreams.First;
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

    private static Interop.Libc.PollDescriptor For(int descriptor, short events) =>
        new() { Descriptor = descriptor, Events = events };
}
