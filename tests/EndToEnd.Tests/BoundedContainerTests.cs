using Sallyport.EndToEnd.Tests.Machine;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// R1, R2 with `sudo: bounded`: no container is the way round the bounds, neither by the group of Docker's socket nor as root, and no
/// runtime is reached past the agent; other containers go on.
/// </summary>
[Collection(nameof(ActionDocker))]
public sealed class BoundedContainerTests(DockerFixture fixture)
{
    private const string Try = """
        did() { name=$1; shift; if "$@" > /dev/null 2>> $SIGNS/errors; then echo "did $name"; else echo "refused $name"; fi; }
        {
          did plain docker run --rm ubuntu:latest true
          did pids docker run --rm --pid host ubuntu:latest true
          did root sudo -n docker run --rm --pid host ubuntu:latest true
          did link sudo -n sh -c 'ln -sfn /run/docker.sock /tmp/lab-docker.sock; docker -H unix:///tmp/lab-docker.sock run --rm --pid host ubuntu:latest true'
        } > $SIGNS/tried
        """;

    private RunnerMachine Machine => fixture.Machine;

    [Theory]
    [InlineData("disable-telemetry: true", "did plain did pids did root did link")]
    [InlineData("sudo: bounded", "did plain refused pids refused root")]
    public async Task A_container_is_no_way_round_the_bounds(string input, string expected)
    {
        const string Socket = "/run/docker.sock";
        string[] before = (await Machine.ShellAsync($"stat -c '%g %a' {Socket}")).Trim().Split(' ');
        await Machine.ShellAsync($"chgrp 4242 {Socket}; chmod 660 {Socket}");
        try
        {
            using StartedRun started = Machine.Start(SudoTests.Workflow(input, Try), "--user", RunnerMachine.User);
            WorkflowRun run = await started.EndAsync();
            string[] tried = (await File.ReadAllTextAsync(Path.Combine(started.Folder, "tried"), TestContext.Current.CancellationToken)).Trim().Split('\n');
            Assert.True(
                string.Join(' ', tried).StartsWith(expected, StringComparison.Ordinal), $"{string.Join(' ', tried)}\n{run}");
            Assert.Equal(
                input == "sudo: bounded" ? 2 : 0,
                run.Report.Findings.Count(row => JobReport.Text(row, "id") == "privileged-container" && JobReport.Text(row, "action") == "blocked"));
            Assert.Equal("4242 660", (await Machine.ShellAsync($"stat -c '%g %a' {Socket}")).Trim());
        }
        finally
        {
            await Machine.ShellAsync($"chgrp {before[0]} {Socket}; chmod {before[1]} {Socket}; rm -f /tmp/lab-docker.sock");
        }
    }
}
