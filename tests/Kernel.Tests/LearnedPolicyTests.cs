using System.Collections.Immutable;
using System.Net.Sockets;
using Sallyport.Lab.Processes;

namespace Sallyport.Kernel.Tests;

/// <summary>
/// policy.yml of an audit run lets the same run through in block mode: whatever a job does that a rule can speak of, in the form
/// that the verdict asks for.
/// </summary>
public sealed class LearnedPolicyTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private const string Socket = "/run/lab/work/daemon.sock";
    private static readonly TimeSpan s_ready = TimeSpan.FromMinutes(1);

    private const string Daemon = $"""
        import os, selectors, socket
        if os.path.exists('{Socket}'):
            os.unlink('{Socket}')
        ways = selectors.DefaultSelector()
        for family, address in ((socket.AF_INET, ('127.0.0.1', 7071)), (socket.AF_UNIX, '{Socket}'), (socket.AF_UNIX, '\0lab-daemon')):
            server = socket.socket(family)
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind(address)
            server.listen()
            ways.register(server, selectors.EVENT_READ)
        print('listening', flush=True)
        while True:
            for key, _ in ways.select():
                client, _ = key.fileobj.accept()
                client.recv(10)
                client.close()
        """;

    private const string AskDaemon = $"""
        import socket
        for family, address in ((socket.AF_INET, ('127.0.0.1', 7071)), (socket.AF_UNIX, '{Socket}'), (socket.AF_UNIX, '\0lab-daemon')):
            way = socket.socket(family)
            way.connect(address)
            way.sendall(b'hello')
            way.recv(10)
        """;

    [Theory]
    [InlineData("a flow that says no name", "tcp://allowed.test:4443 says no name")]
    [InlineData("a flow that says none yet", "- allowed.test:4443")]
    [InlineData("a flow that says another name", "tcp://allowed.test:80 says shared.test")]
    [InlineData("a name", "- allowed.test:80")]
    [InlineData("a private address behind a name", "dns://inner.test 10.0.0.1:4443 no answer leases a private address")]
    [InlineData("a question", "dns://allowed.test")]
    [InlineData("a question of another type", "dns://allowed.test questions: [TXT]")]
    [InlineData("daemons of the machine", $"127.0.0.1:7071 \"{Socket}\" \"@lab-daemon\"")]
    [InlineData("a tunnel of a proxy", "proxy://proxy.test:3128 - allowed.test:443")]
    [InlineData("a request to a proxy", "proxy://proxy.test:3128 - allowed.test:80")]
    [InlineData("a peer that calls", $"inbound: - {Gateway}:*")]
    [InlineData("a peer that sends datagrams", $"inbound: - udp://{Gateway}:*")]
    public async Task What_an_audit_run_did_block_mode_lets_through(string what, string lines)
    {
        Lab.World.Zones.Add("inner.test", Private);
        using LabProcess daemon = Lab.Start("/usr/bin/python3", "-c", Daemon);
        await daemon.SaysAsync("listening", s_ready);
        LabCommand command = CommandOf(what) with { Allow = [], Deadline = s_ready };

        LabRun audit = await Lab.RunAsync(LabMode.Audit, command);
        Assert.True(audit.Process.ExitCode == 0, audit.ToString());
        string policy = await File.ReadAllTextAsync(Path.Combine(audit.Folder, "policy.yml"));
        Assert.All(lines.Split(' '), word => Assert.Contains(word, policy, StringComparison.Ordinal));
        Assert.DoesNotContain("not expressible", policy, StringComparison.Ordinal);
        await AssertLearnedAsync(audit, policy);

        LabRun block = await Lab.RunAsync(LabMode.Block, command with { Policy = policy });
        Assert.True(block.Process.ExitCode == 0, $"{policy}\n{block}");
        ImmutableArray<string> refusals = [.. block.Report.Refusals];
        Assert.True(refusals.IsEmpty, $"{policy}\n{block}");
        string again = await File.ReadAllTextAsync(Path.Combine(block.Folder, "policy.yml"));
        if (!policy.Contains("inbound:", StringComparison.Ordinal) && !policy.Contains("sockets:", StringComparison.Ordinal))
        {
            Assert.Equal(Rules(policy), Rules(again));
        }

        Assert.Contains("# this run had a policy: keep its inbound: and sockets:", again, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_no_rule_lets_through_is_said()
    {
        LabRun audit = await Lab.RunAsync(LabMode.Audit, Command("dns", "ask", Resolver, "allowed.test", "ANY"));
        string policy = await File.ReadAllTextAsync(Path.Combine(audit.Folder, "policy.yml"));
        const string Left = "dns://allowed.test: questions of type ANY cannot be opened";
        Assert.Contains($"# not expressible: {Left}\n", policy, StringComparison.Ordinal);
        Assert.Contains($"sallyport: policy.yml leaves out what no rule can express: {Left}\n", audit.Process.Errors, StringComparison.Ordinal);
        ProcessOutcome learned = await LearnAsync(audit);
        Assert.Contains(Left, learned.Errors, StringComparison.Ordinal);
    }

    private LabCommand CommandOf(string what) => what switch
    {
        "a flow that says no name" => Command("resolve", "allowed.test", "4443", "hello\n"),
        "a flow that says none yet" => Command("resolve", "allowed.test", "4443", "hello"),
        "a flow that says another name" => Command("curl", "-sS", "--max-time", "30", "-H", "Host: shared.test", "http://allowed.test/"),
        "a name" => Command("curl", "-sS", "--max-time", "30", "http://allowed.test/"),
        "a private address behind a name" => Command("resolve", "inner.test", "4443", "hello\n"),
        "a question" => Command("dns", "ask", Resolver, "allowed.test", "A"),
        "a question of another type" => Command("dns", "ask", Resolver, "allowed.test", "TXT"),
        "daemons of the machine" => Command("/usr/bin/python3", "-c", AskDaemon),
        "a tunnel of a proxy" => ByProxy("https://allowed.test/"),
        "a request to a proxy" => ByProxy("http://allowed.test/"),
        "a peer that calls" => Command("tcp", "listen", "9200", Canary) with
        {
            Meanwhile = async process =>
            {
                await process.SaysAsync("listening", s_ready);
                try
                {
                    Assert.Equal(Canary, await Lab.World.CollectAsync(Client, 9200, s_ready));
                }
                catch (Exception e) when (e is SocketException or IOException)
                {
                    // Refused: the run says so.
                }
            },
        },
        "a peer that sends datagrams" => Command("udp", "answer", "9201", Canary) with
        {
            Meanwhile = async process =>
            {
                await process.SaysAsync("listening", s_ready);
                Lab.World.Knock(Client, 9201, "question");
            },
        },
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, "No such job."),
    };

    /// <summary>The variables are in the agent's own environment, too: block mode does not begin without a rule for the proxy.</summary>
    private static LabCommand ByProxy(string url) => Command("curl", "-sS", "--max-time", "30", url) with
    {
        Before = ["/usr/bin/env", "http_proxy=http://proxy.test:3128", "https_proxy=http://proxy.test:3128"],
    };

    /// <summary>`policy learn` says the same of the recording.</summary>
    private async Task AssertLearnedAsync(LabRun run, string policy)
    {
        ProcessOutcome learned = await LearnAsync(run);
        Assert.True(learned.ExitCode == 0, learned.ToString());
        Assert.Equal(Rules(policy), Rules(learned.Output));
    }

    private Task<ProcessOutcome> LearnAsync(LabRun run) => Lab.OutsideAsync(
        LabOptions.FromEnvironment().Product, "policy", "learn", $"{Path.GetFileName(run.Folder)}/recording.ndjson.zst");

    /// <summary>Without comments: a port that the peer chose, a count.</summary>
    private static string[] Rules(string policy) =>
        [.. policy.Split('\n').Select(line => line.Split('#')[0].TrimEnd()).Where(line => line.Length > 0)];
}
