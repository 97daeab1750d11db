using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Host;
using Sallyport.Wire;

namespace Sallyport.Agent.Tests.Enforcement;

public sealed class RefusedSocketsTests
{
    private const uint Gone = 0x7fff_fff0; // no process has such a number

    /// <summary>No socket has these cookies, so nothing is destroyed; each is looked for all the same, which takes longer than to name it.</summary>
    [Fact]
    public void Sockets_that_find_no_place_among_those_that_wait_are_counted()
    {
        const int Refused = 50_000;
        using var sockets = new RefusedSockets();
        for (var i = 0UL; i < Refused; i++)
        {
            Say(sockets, ulong.MaxValue - i, verdict: i % 2 == 0 ? KernelVerdict.Refused : KernelVerdict.Allowed);
        }

        Assert.InRange(sockets.Lost, 1, Refused / 2);
    }

    [Fact]
    public void One_that_the_kernel_does_not_destroy_is_counted()
    {
        SkipUnlessRoot();
        using var connection = new TestConnection();
        OwnThread.Without(OwnThread.NetworkAdministration, () => Assert.Equal(1, LostOf(connection.Cookie, NetworkNamespace.Cookie())));
        Assert.False(connection.HasEnded);
        Assert.Equal(0, LostOf(connection.Cookie, NetworkNamespace.Cookie()));
        Assert.True(connection.HasEnded);
    }

    /// <summary>The process that the record names has ended; another one has its socket, which is in that one's namespace.</summary>
    [Fact]
    public void One_in_another_namespace_is_found_without_its_process_or_counted()
    {
        SkipUnlessRoot();
        Socket? elsewhere = null;
        Process? inhabitant = null;
        var network = 0UL;
        OwnThread.InOwnNetwork(() =>
        {
            elsewhere = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            elsewhere.Bind(new IPEndPoint(IPAddress.Any, 0));
            elsewhere.Listen();
            inhabitant = Process.Start("sleep", "60");
            network = NetworkNamespace.Cookie();
        });
        using (elsewhere)
        using (inhabitant)
        {
            var cookie = TestConnection.CookieOf(elsewhere!);
            OwnThread.Without(OwnThread.SystemAdministration, () => Assert.Equal(1, LostOf(cookie, network)));
            Assert.True(IsListening(elsewhere!));
            Assert.Equal(0, LostOf(cookie, network));
            Assert.False(IsListening(elsewhere!));

            // It is nowhere any more: nobody waits.
            Assert.Equal(0, LostOf(cookie, network));
            inhabitant!.Kill();
        }
    }

    /// <summary>tcp(7), TCP_INFO: the state comes first.</summary>
    private static bool IsListening(Socket socket)
    {
        Span<byte> info = stackalloc byte[8];
        _ = socket.GetRawSocketOption(6, 11, info);
        return info[0] == 10;
    }

    /// <summary>When all was looked at.</summary>
    private static long LostOf(ulong cookie, ulong network)
    {
        var sockets = new RefusedSockets();
        using (sockets)
        {
            Say(sockets, cookie, network);
        }

        return sockets.Lost;
    }

    private static void Say(RefusedSockets sockets, ulong cookie, ulong network = 0, KernelVerdict verdict = KernelVerdict.Refused)
    {
        var record = new byte[Unsafe.SizeOf<FlowNamedRecord>()];
        var named = new FlowNamedRecord
        {
            Header = new RecordHeader { Type = RecordType.FlowNamed, Length = (uint)record.Length },
            Cookie = cookie,
            Network = network,
            Pid = Gone,
            Verdict = verdict,
        };
        MemoryMarshal.Write(record, in named);
        sockets.Inspect(record);
    }

    private static void SkipUnlessRoot() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "sockets are root's to destroy");
}
