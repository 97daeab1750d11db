using System.Net.Sockets;

namespace Sallyport.Kernel.Tests;

/// <summary>HARDENING rule 9: being called instead of calling.</summary>
public sealed class InboundTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private static readonly TimeSpan s_ready = TimeSpan.FromSeconds(5);

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
                    await Lab.World.CollectAsync(address, 9000, TimeSpan.FromSeconds(2));
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

    [Theory]
    [EveryMode]
    public Task A_datagram_from_the_network_is_not_answered(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Command("udp", "answer", "9001", Canary) with
        {
            Meanwhile = async process =>
            {
                await process.SaysAsync("listening", s_ready);
                Lab.World.Knock(Client, 9001, "question");
            },
        },
        Row = Row.Peer(Gateway),
        Reasons = ["inbound"],
        Exe = "udp",
    });

    [Fact]
    public async Task A_peer_that_the_policy_names_is_answered()
    {
        var run = await PassAsync(Command("tcp", "listen", "9002", Canary) with
        {
            Policy = "version: 1\nallow: []\ninbound: [\"198.51.100.0/24:9002\"]\n",
            Allow = [],
            Meanwhile = async process =>
            {
                await process.SaysAsync("listening", s_ready);
                Assert.Equal(Canary, await Lab.World.CollectAsync(Client, 9002, s_ready));
            },
        });
        Assert.True(run.Traffic.Contains(Canary), run.ToString());
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
