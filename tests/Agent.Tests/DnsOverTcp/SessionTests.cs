using System.Net;
using System.Net.Sockets;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Enforcement.DnsOverTcp;
using Sallyport.Agent.Host;
using Sallyport.Policy.Compiling;

namespace Sallyport.Agent.Tests.DnsOverTcp;

public sealed class SessionTests : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly TestResolver upstream = new(_ => null);
    private readonly Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Session session;

    public SessionTests()
    {
        listener.Start();
        client.Connect(listener.LocalEndpoint);
        var accepted = listener.AcceptSocket();
        accepted.Blocking = false;
        var tables = new MemoryTables(PolicyCompiler.Compile(Policies.Read("version: 1\nmode: block"), new()));
        var records = new AgentRecords();
        session = new Session(
            accepted,
            1,
            default,
            new ResolverParts(new QuestionJudge(tables), new AnswerLeases(tables, records), upstream, records),
            0);
    }

    [Fact]
    public void A_session_without_a_message_ends_when_its_time_is_over()
    {
        Assert.True(session.Advance(0, 0, Session.IdleNs - 1));
        Assert.False(session.Advance(0, 0, Session.IdleNs));
    }

    [Fact]
    public void Bytes_that_are_no_whole_message_gain_no_time()
    {
        _ = client.Send([0]);
        AwaitBytes();
        Assert.True(session.Advance(Native.POLLIN, 0, Session.IdleNs - 1));
        Assert.False(session.Advance(0, 0, Session.IdleNs));
    }

    [Fact]
    public void A_whole_message_does()
    {
        _ = client.Send(Messages.Framed(Messages.Query("attacker.test")));
        AwaitBytes();
        Assert.True(session.Advance(Native.POLLIN, 0, Session.IdleNs - 1));
        Assert.True(session.Advance(0, 0, Session.IdleNs + 1));
    }

    public void Dispose()
    {
        session.Dispose();
        client.Dispose();
        upstream.Dispose();
        listener.Dispose();
    }

    private unsafe void AwaitBytes()
    {
        var polled = new Interop.Libc.PollDescriptor { Descriptor = session.ClientDescriptor, Events = Native.POLLIN };
        Assert.Equal(1, Interop.Libc.poll(&polled, 1, 10_000));
    }
}
