namespace Sallyport.Kernel.Tests;

/// <summary>A job registers or starts a runner, under its own name, through .NET, or under another name.</summary>
public sealed class RogueRunnerTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private const string Registers = "registers a runner";

    /// <summary>
    /// A folder as a release of the runner has it: config.sh as there calls the listener, which here is a shell that leaves what a
    /// registration leaves. `dotnet` and `Runner.Listener` are programs that say what they were called with.
    /// </summary>
    private const string Runner = """
        r=FOLDER; mkdir -p $r/bin; cp /bin/echo $r/bin/Runner.Listener; cp /bin/echo $r/bin/dotnet; cp /bin/sh $r/bin/helper
        echo 'not a program' > $r/bin/Runner.Listener.dll
        printf '#!/bin/bash\n"$(dirname "$0")"/bin/Runner.Listener configure "$@"\n' > $r/config.sh; chmod 755 $r/config.sh
        cd $r; trap 'rm -rf FOLDER' EXIT
        """;

    [Theory]
    [EveryMode(
        "Runner.Listener registers $r/bin/Runner.Listener configure --url https://example.test/o --token TOKEN",
        "Runner.Listener registers ./config.sh --url https://example.test/o --token TOKEN",
        "Runner.Listener runs $r/bin/Runner.Listener run",
        "dotnet registers bin/dotnet bin/Runner.Listener.dll configure --token TOKEN",
        "dotnet runs bin/dotnet exec --runtimeconfig x.json Runner.Listener.dll run",
        "helper registers bin/helper -c 'echo {} > .credentials; echo {} > .runner; true'",
        "mv registers echo {} > a; echo {} > b; mv a .runner; mv b .credentials")]
    public async Task A_runner_that_the_job_starts_or_registers_is_found(LabMode mode, string what)
    {
        var (program, does, command) = what.Split(' ', 3) is [var first, var second, var rest] ? (first, second, rest) : default;
        foreach (var parent in (string[])["/run/lab/work", "/tmp"])
        {
            var folder = $"{parent}/other-{Guid.NewGuid():N}";
            var run = await Lab.RunAsync(mode, Script(
                Runner.Replace("FOLDER", folder, StringComparison.Ordinal), command.Replace("TOKEN", Canary, StringComparison.Ordinal), "sleep 0.3"));
            Assert.True(run.Process.ExitCode == 0, run.ToString());
            if (mode != LabMode.Off)
            {
                var row = AssertFound(run, "rogue-runner", "reported", program);
                Assert.Equal(does == "runs" ? "runs" : Registers, row.Evidence["does"]);
                Assert.Single(run.Report.Findings, finding => finding.Id == "rogue-runner");
            }
        }
    }

    [Theory]
    [InlineData("ls -l bin/Runner.Listener bin/Runner.Listener.dll; grep -c ELF bin/Runner.Listener; sha256sum bin/Runner.Listener.dll")]
    [InlineData("cp bin/Runner.Listener.dll x; tar -cf x.tar bin/Runner.Listener bin/Runner.Listener.dll; bin/dotnet build Runner.Listener.csproj")]
    [InlineData("mkdir a b; echo {} > a/.credentials; echo {} > b/.runner; echo x > a/.runner.txt; cat a/.credentials")]
    public async Task Files_of_a_runner_that_are_looked_at_and_one_of_two_files_are_none(string script)
    {
        var run = await Lab.RunAsync(LabMode.Audit, Script(
            Runner.Replace("FOLDER", $"/run/lab/work/other-{Guid.NewGuid():N}", StringComparison.Ordinal), script, "sleep 0.3"));
        Assert.True(run.Process.ExitCode == 0 && run.Report.Findings.Count == 0, run.ToString());
    }
}
