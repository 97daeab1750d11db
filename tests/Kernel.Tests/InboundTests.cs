using System.Net.Sockets;

namespace Sallyport.Kernel.Tests;

/// <summary>HARDENING rule 9: being called instead of calling.</summary>
public sealed class InboundTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private static readonly TimeSpan s_ready = TimeSpan.FromMinutes(1);
    private int _forgotten;

    [Theory]
    [EveryMode(Client, Client6)]
    public Task A_caller_from_the_network_collects_nothing(LabMode mode, string address) => ProveAsync(mode, new Attack
    {
        Command = Command("tcp", "listen", "9000", Canary) with
        {
            Meanwhile = async process =>
            {
                await process.SaysAsync("listening", s_ready);
                try
                {
                    await Lab.World.CollectAsync(address, 9000, TimeSpan.FromSeconds(5));
                }
                catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
                {
                    // Refused: what counts is what the capture saw.
                }
            },
        },
        Row = Row.Peer(address == Client ? Gateway : Gateway6),
        Reasons = ["inbound"],
        Exe = "tcp",
    });

    /// <summary>Root gives a bridge of the job's own an address of the caller's network; the caller comes by the uplink all the same.</summary>
    [Theory]
    [EveryMode]
    public Task A_caller_that_a_bridge_makes_ones_own_collects_nothing(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Script(
            "ip link add br7 type bridge",
            "trap 'ip link del br7' EXIT",
            "ip addr add 198.51.100.240/24 dev br7 noprefixroute",
            "ip link set br7 up",
            "sleep 0.5",
            $"{Program("tcp")} listen 9000 {Canary}") with
        {
            Meanwhile = async process =>
            {
                await process.SaysAsync("listening", s_ready);
                try
                {
                    await Lab.World.CollectAsync(Client, 9000, TimeSpan.FromSeconds(5));
                }
                catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
                {
                }
            },
        },
        Row = Row.Peer(Gateway),
        Reasons = ["inbound", "no-rule", "rewritten"],
        Exe = null,
    });

    [Theory]
    [EveryMode(Client, Client6)]
    public Task A_datagram_from_the_network_is_not_answered(LabMode mode, string address) => ProveAsync(mode, new Attack
    {
        Command = Command("udp", "answer", "9001", Canary) with
        {
            Meanwhile = async process =>
            {
                await process.SaysAsync("listening", s_ready);
                Lab.World.Knock(address, 9001, "question");
            },
        },
        Row = Row.Peer(address == Client ? Gateway : Gateway6),
        Reasons = ["inbound"],
        Exe = "udp",
    });

    [Theory]
    [InlineData(Client, "198.51.100.0/24:9002")]
    [InlineData(Client6, "[2001:db8::]/32:9002")]
    public async Task A_peer_that_the_policy_names_is_answered(string address, string rule)
    {
        var run = await PassAsync(Command("tcp", "listen", "9002", Canary) with
        {
            Policy = $"version: 1\nallow: []\ninbound: [\"{rule}\"]\n",
            Allow = [],
            Meanwhile = async process =>
            {
                await process.SaysAsync("listening", s_ready);
                Assert.Equal(Canary, await Lab.World.CollectAsync(address, 9002, s_ready));
            },
        });
        Assert.True(run.Traffic.Contains(Canary), run.ToString());
    }

    [Theory]
    [InlineData(Client, "udp://198.51.100.0/24:9003")]
    [InlineData(Client6, "udp://[2001:db8::]/32:9003")]
    public async Task A_peer_that_the_policy_names_has_its_datagram_answered(string address, string rule)
    {
        var run = await PassAsync(Late(address, offset: 0, rule));
        Assert.True(run.Traffic.Contains(Canary), run.ToString());
    }

    /// <summary>Another port of the same peer was not heard from, and half a minute later the peer itself was not either.</summary>
    [Theory]
    [EveryMode("port", "time")]
    public async Task Only_who_was_just_heard_from_is_answered(LabMode mode, string which)
    {
        await ProveAsync(mode, new Attack
        {
            Command = Late(Client, which == "port" ? 1 : 0, "udp://198.51.100.0/24:9003", which == "time"),
            Row = Row.Peer(Gateway),
            Reasons = ["no-rule"],
            Exe = "udp",
        });
        Assert.Equal(which == "time" && mode != LabMode.Off, _forgotten > 0);
    }

    /// <summary>A server of the job's that was heard from by the world, and answers when the test lets it.</summary>
    private LabCommand Late(string address, int offset, string rule, bool isLong = false)
    {
        var go = $"{Canary}.go";
        return Command("udp", "later", "9003", Canary, $"{offset}", go) with
        {
            Policy = $"version: 1\nallow: []\ninbound: [\"{rule}\"]\n",
            Allow = [],
            Meanwhile = async process =>
            {
                File.Delete(Path.Combine(Lab.WorkFolder, go));
                await process.SaysAsync("listening", s_ready);
                Lab.World.Knock(address, 9003, "question");
                await process.SaysAsync("heard", s_ready);
                if (isLong)
                {
                    _forgotten += await ForgetWhenAsync(process.Id);
                }

                await File.WriteAllTextAsync(Path.Combine(Lab.WorkFolder, go), "");
            },
        };
    }

    /// <summary>
    /// Nobody waits half a minute here: the time at which the world was heard from is set back to the start of the machine, in the
    /// agent's own table (its first eight bytes).
    /// </summary>
    /// <param name="agent">Its process, whose tables these are.</param>
    /// <returns>How many entries; none while the agent is off.</returns>
    private async Task<int> ForgetWhenAsync(int agent)
    {
        string[] gateway = ["0xc6", "0x33", "0x64", "0x01"];
        var tables = new AgentTables(Lab, agent);
        var count = 0;
        foreach (var id in await tables.FindAsync("peers"))
        {
            foreach (var entry in await tables.AskAsync("dump", "id", $"{id}"))
            {
                string[] key = [.. entry.GetProperty("key").EnumerateArray().Select(one => one.GetString()!)];
                string[] value = [.. entry.GetProperty("value").EnumerateArray().Select(one => one.GetString()!)];
                if (key.AsSpan(20, 4).SequenceEqual(gateway))
                {
                    var update = await Lab.OutsideAsync(
                        ["bpftool", "map", "update", "id", $"{id}", "key", .. key, "value", .. Enumerable.Repeat("0", 8), .. value[8..]]);
                    Assert.True(update.ExitCode == 0, update.ToString());
                    count++;
                }
            }
        }

        return count;
    }

    /// <summary>More than SP_MAX_PEERS heard from on one socket.</summary>
    [Fact]
    public async Task Peers_that_have_no_place_are_counted()
    {
        LabRun run = await Lab.RunAsync(LabMode.Block, Command("/usr/bin/python3", "-c", $$"""
            import socket
            server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            server.bind(('{{Client}}', 9300))
            server.settimeout(30)
            for port in range(20000, 36400):
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
                    peer.bind(('{{Client}}', port))
                    peer.sendto(b'x', ('{{Client}}', 9300))
                    server.recv(10)
            """));
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        Assert.True(run.Report.Losses.GetValueOrDefault("peer-table") > 0 && !run.Report.Complete, run.ToString());
    }

    [Fact]
    public async Task Servers_of_the_job_on_loopback_work()
    {
        await PassAsync(Script(
            $"{Program("tcp")} listen 9100 {Canary} & {Program("udp")} answer 9101 {Canary} &",
            "until ss -ltn | grep -q :9100 && ss -lun | grep -q :9101; do :; done",
            $"{Program("tcp")} connect ::1 9100 hello",
            $"{Program("udp")} exchange 127.0.0.1 9101 hello",
            "wait"));
    }
}
