namespace Sallyport.Kernel.Tests;

/// <summary>
/// Tables of the kernel's that are full: what finds no place is counted, and what has no effect any more makes way. Where it would take too
/// long to fill one from within the job, the agent's own table is filled from outside.
/// </summary>
public sealed class FullTableTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private const int Key = 4;
    private const int Cookie = 8;
    private const int Redirect = 48;
    private const int Flow = 152;
    private const int Fragments = 40;

    // struct question: rules, then the time; struct query has another word between. Their keys are as long as their headers say.
    private const int QuestionKey = 32;
    private const int Question = 96;
    private const int QuestionTime = 64;
    private const int QueryKey = 24;
    private const int Query = 96;
    private const int QueryTime = 72;

    private static readonly TimeSpan s_ready = TimeSpan.FromMinutes(1);

    /// <summary>A namespace $p of the job's own behind a veth, which asks by the address of the machine.</summary>
    private const string OwnNamespace =
        """
        unshare --net sleep 300 & p=$!
        until [ "$(readlink /proc/$p/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done
        trap 'kill $p; ip link del in0 2>/dev/null || true; nft delete table ip lab' EXIT
        ip link add in0 type veth peer name in1 netns $p
        ip addr add 10.77.0.1/24 dev in0 && ip link set in0 up
        nsenter -t $p -n sh -ec "ip link set lo up; ip addr add 10.77.0.2/24 dev in1; ip link set in1 up"
        nsenter -t $p -n ip route add default via 10.77.0.1
        echo 1 > /proc/sys/net/ipv4/ip_forward
        nft add table ip lab
        nft add chain ip lab out '{ type nat hook postrouting priority 100; }'
        nft add rule ip lab out oifname lab0 ip saddr 10.77.0.2 masquerade
        """;

    private static string AskFromWithin => $"nsenter -t $p -n {Program("dns")} ask {Resolver} allowed.test A";

    [Fact]
    public async Task A_question_without_a_place_is_counted()
    {
        var run = await FilledAsync(
            "queries", QueryKey, () => Since(Query, QueryTime, TimeSpan.Zero), $"{Program("dns")} ask {Resolver} allowed.test A");
        Assert.True(run.Process.ExitCode == 0, $"The answer comes all the same.\n{run}");
        AssertLost(run, "query-table");
        Assert.DoesNotContain(run.Report.Dns, row => row is { Name: "allowed.test", Verdict: "refused" });
    }

    [Fact]
    public async Task A_question_of_a_container_without_a_place_is_refused_and_counted()
    {
        var run = await FilledAsync(
            "questions", QuestionKey, () => Since(Question, QuestionTime, TimeSpan.Zero), OwnNamespace, [$"{AskFromWithin} || echo refused"]);
        Assert.Contains("refused", run.Process.Output, StringComparison.Ordinal);
        AssertLost(run, "query-table");
    }

    /// <summary>They were dropped on their way to the uplink, which alone takes them out.</summary>
    [Fact]
    public async Task Questions_of_containers_that_came_nowhere_make_way_when_no_answer_can_come_any_more()
    {
        var run = await FilledAsync(
            "questions", QuestionKey, () => Since(Question, QuestionTime, TimeSpan.FromSeconds(21)), OwnNamespace, [AskFromWithin]);
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        Assert.True(run.Report.Complete, run.ToString());
    }

    /// <summary>More than SP_MAX_QUERIES messages with two questions each, which do not leave: nothing is kept for them.</summary>
    [Fact]
    public async Task Messages_that_end_in_a_container_take_no_place_from_its_questions()
    {
        var run = await Lab.RunAsync(LabMode.Block, Script(
            OwnNamespace,
            """
            cat > crooked.py <<'END'
            import socket, struct
            out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            refused = 0
            for i in range(17000):
                label = b'%08d' % i
                question = bytes([len(label)]) + label + b'\x08attacker\x04test\x00\x00\x01\x00\x01'
                message = struct.pack('!6H', i, 0x0100, 2, 0, 0, 0) + question + question
                try:
                    out.sendto(message, ('198.51.100.53', 53))
                except PermissionError:
                    refused += 1
            print(refused, 'refused')
            END
            nsenter -t $p -n python3 crooked.py
            """,
            AskFromWithin) with
        {
            Deadline = TimeSpan.FromMinutes(3),
        });
        Assert.Contains("17000 refused", run.Process.Output, StringComparison.Ordinal);
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        Assert.False(run.Report.Losses.ContainsKey("query-table"), run.ToString());
    }

    /// <summary>A device that is not known to be the job's would be one whose packets nobody judges.</summary>
    [Fact]
    public async Task Who_brings_up_a_device_without_a_place_is_killed_and_it_is_counted()
    {
        var run = await FilledAsync(
            "devices",
            Key,
            () => new byte[4],
            "ip link add full0 type veth peer full1",
            "trap 'ip link del full0' EXIT",
            "ip link set full0 up && exit 0 || echo ended $?");
        Assert.Contains("ended 137", run.Process.Output, StringComparison.Ordinal);
        AssertLost(run, "device-table");
    }

    [Fact]
    public async Task A_device_of_the_jobs_that_cannot_be_noted_as_its_own_is_counted()
    {
        var run = await FilledAsync(
            "job_devices", Key, () => new byte[4], "ip link add full2 type veth peer full3", "ip link del full2");
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        AssertLost(run, "job-devices");
    }

    /// <summary>It is then a connection to port 53 as any other, which no rule allows.</summary>
    [Fact]
    public async Task A_question_over_TCP_that_cannot_be_led_to_the_agent_is_refused_and_counted()
    {
        var run = await FilledAsync(
            "redirects", Cookie, () => new byte[Redirect], $"{Program("dns")} ask {Resolver} allowed.test A tcp || echo refused");
        Assert.Contains("refused", run.Process.Output, StringComparison.Ordinal);
        Assert.Contains(run.Report.Connections, row => row is { Address: Resolver, Port: 53, Protocol: "tcp", Verdict: "refused" });
        AssertLost(run, "redirect-table");
    }

    /// <summary>Loopback is allowed, and a mark beside the socket says so; without a place for that one either, nothing leaves.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_socket_for_which_there_is_no_place_at_all_sends_nothing_and_is_counted(bool isFull)
    {
        string[] lines = [$"{Program("udp")} inherited 9 {Canary} && echo sent || echo refused"];
        var run = await FilledAsync(
            isFull ? "flows_beside" : "fragmented", isFull ? Cookie : Fragments, () => new byte[isFull ? Flow : 1], first: "", lines,
            before: ["udp", "full-then", "::1", "5300"]);
        Assert.Contains(isFull ? "refused" : "sent", run.Process.Output, StringComparison.Ordinal);
        AssertLost(run, "socket-storage");
    }

    /// <summary>Handed over by a process outside, which then has it no more.</summary>
    [Fact]
    public async Task The_mark_of_a_socket_without_a_place_for_it_goes_with_the_socket()
    {
        var path = $"/run/lab/work/{Canary}";
        await File.WriteAllTextAsync(Path.Combine(Lab.WorkFolder, $"{Canary}.py"), Handed);
        using var helper = Lab.Start("python3", $"{path}.py", "give", path);
        await helper.SaysAsync("listening", s_ready);
        var count = new List<int>();
        var run = await Lab.RunAsync(LabMode.Block, Command("python3", $"{path}.py", "take", path) with
        {
            Policy = $"version: 1\nallow: [allowed.test]\nsockets: [{path}]\n",
            Allow = [],
            Meanwhile = async process =>
            {
                var tables = new AgentTables(Lab, process.Id);
                foreach (var state in (string[])["held", "closed"])
                {
                    await process.SaysAsync(state, s_ready);
                    var id = Assert.Single(await tables.FindAsync("flows_beside"));
                    count.Add((await tables.AskAsync("dump", "id", $"{id}")).Count);
                    await File.WriteAllTextAsync(Path.Combine(Lab.WorkFolder, $"{Canary}.{state}"), "");
                }
            },
        });
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        Assert.Equal([1, 0], count);
    }

    private const string Handed =
        """
        import array, os, socket, struct, sys, time
        meeting = socket.socket(socket.AF_UNIX)
        if sys.argv[1] == 'give':
            out = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            try:
                for i in range(1, 100000):
                    out.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, struct.pack('!HHIII', 0xff11, 0, 0, 0, i) + struct.pack('@I', 1))
            except OSError:
                pass
            meeting.bind(sys.argv[2])
            meeting.listen()
            print('listening', flush=True)
            there, _ = meeting.accept()
            socket.send_fds(there, [b'x'], [out.fileno()])
            out.close()
            there.recv(1)
        else:
            meeting.connect(sys.argv[2])
            _, [fd], _, _ = socket.recv_fds(meeting, 1, 1)
            meeting.close()
            out = socket.socket(fileno=fd)
            out.sendto(b'x', ('::1', 5300))
            for state in 'held', 'closed':
                if state == 'closed':
                    out.close()
                print(state, flush=True)
                while not os.path.exists(sys.argv[2] + '.' + state):
                    time.sleep(0.02)
        """;

    private static void AssertLost(LabRun run, string reason) =>
        Assert.True(run.Report.Losses.GetValueOrDefault(reason) > 0 && !run.Report.Complete, run.ToString());

    /// <summary>A value with a time of the clock that does not stop when the machine sleeps.</summary>
    private static byte[] Since(int bytes, int at, TimeSpan ago)
    {
        var seconds = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        var value = new byte[bytes];
        Assert.True(BitConverter.TryWriteBytes(value.AsSpan(at), (ulong)((seconds - ago.TotalSeconds) * 1e9)));
        return value;
    }

    private Task<LabRun> FilledAsync(string table, int keyBytes, Func<byte[]> value, params string[] lines) =>
        FilledAsync(table, keyBytes, value, first: "", lines);

    /// <summary>A job that goes on when that table of its agent's is full; the attack before it makes its descriptor 9.</summary>
    private async Task<LabRun> FilledAsync(
        string table, int keyBytes, Func<byte[]> value, string first, string[] lines, string[]? before = null)
    {
        var go = Path.Combine(Lab.WorkFolder, $"go-{Canary}");
        return await Lab.RunAsync(LabMode.Block, Script([first, "echo ready", $"until [ -e go-{Canary} ]; do sleep 0.02; done", .. lines]) with
        {
            Meanwhile = async process =>
            {
                await process.SaysAsync("ready", s_ready);
                await new AgentTables(Lab, process.Id).FillAsync(table, keyBytes, value());
                await File.WriteAllTextAsync(go, "");
            },
            Before = [.. before ?? []],
            Deadline = TimeSpan.FromMinutes(3),
        });
    }
}
