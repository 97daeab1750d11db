namespace Sallyport.Kernel.Tests;

/// <summary>HARDENING rule 1: sockets that the kernel makes by itself, for no call of the job's.</summary>
public sealed class KernelSocketTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private const string Server =
        """
        import socket, sys
        listener = socket.socket(socket.AF_INET6, socket.SOCK_STREAM, 262)
        listener.bind(('::', 9400))
        listener.listen(8)
        print('listening', flush=True)
        while True:
            peer = listener.accept()[0]
            while peer.recv(100):
                peer.send(b'y')
        """;

    /// <summary>Speaks to the server until the kernel has asked for a second way there, ten seconds at most.</summary>
    private const string Caller =
        """
        import socket, sys, time
        def joins():
            lines = [line.split() for line in open('/proc/net/netstat') if line.startswith('MPTcpExt')]
            return int(dict(zip(*lines)).get('MPJoinSynTx', 0))
        before = joins()
        family = socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET
        peer = socket.socket(family, socket.SOCK_STREAM, 262)
        peer.settimeout(30)
        peer.connect((sys.argv[1], 9400))
        until = time.monotonic() + 10
        while joins() == before and time.monotonic() < until:
            peer.send(b'x')
            peer.recv(100)
        peer.send(b'x')
        peer.recv(100)
        """;

    /// <summary>
    /// The server of an allowed connection says that it is at the attacker's address too (ADD_ADDR, RFC 8684 section 3.4.1), and the
    /// client's kernel connects there of its own accord.
    /// </summary>
    [Theory]
    [EveryMode(Attacker, Attacker6)]
    public async Task A_further_way_of_an_allowed_connection_is_judged_by_where_it_goes(LabMode mode, string to)
    {
        Assert.SkipUnless(Directory.Exists("/proc/sys/net/mptcp"), "this kernel lacks it: no MPTCP (CONFIG_MPTCP)");
        var allowed = to == Attacker6 ? Allowed6 : Allowed;
        using var server = Lab.StartInWorld(
            "sh",
            "-ec",
            $"ip mptcp limits set add_addr_accepted 0 subflows 4; ip mptcp endpoint flush; ip mptcp endpoint add {to} dev world0 signal; "
                + "exec python3 -c \"$0\"",
            Server);
        await server.SaysAsync("listening", TimeSpan.FromMinutes(1));
        var run = await ProveAsync(mode, new Attack
        {
            Command = Script(
                "ip mptcp limits set add_addr_accepted 4 subflows 4",
                $"cat > caller.py <<'END'\n{Caller}\nEND",
                $"python3 caller.py {allowed}") with
            {
                Allow = [At("tcp", allowed, "9400")],
            },
            Arrived = run => run.Traffic.PacketsTo(to, 9400) > 0,
            Row = Row.Connection("tcp", 9400, to),
            Reasons = ["no-rule"],
            Exe = null,
            Silent = (to, 9400),
        });
        Assert.True(run.Process.ExitCode == 0, $"The allowed one works all the same.\n{run}");
    }

    /// <summary>A socket of SMC has one of TCP beside it, which the kernel makes and which goes there.</summary>
    [Theory]
    [EveryMode(Attacker, Attacker6)]
    public Task The_connection_beside_a_socket_of_SMC_is_judged(LabMode mode, string to) => ProveAsync(mode, new Attack
    {
        Command = Command("raw", "smc", to, "4443", Canary),
        Row = Row.Connection("tcp", 4443, to),
        Reasons = ["no-rule"],
        Exe = null,
        Silent = (to, 4443),
    });
}
