using Sallyport.EndToEnd.Tests.Machine;

namespace Sallyport.EndToEnd.Tests;

/// <summary>`sudo: bounded` of agent.yml, where a service covers the job before its workflow's action says anything.</summary>
public sealed class BoundedServiceTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private RunnerMachine Machine => fixture.Machine;

    /// <summary>The service has bounded it at the start; the workflow's action asks for nothing more, or for all of it.</summary>
    [Theory]
    [InlineData("disable-telemetry: true", "bounded")]
    [InlineData("disable-sudo: true", "refused")]
    public async Task A_workflow_may_take_more_and_gives_nothing_back(string input, string expected)
    {
        await using AgentProcess agent = await Machine.ServeAsync("sudo: bounded");
        using StartedRun started = Machine.Start(SudoTests.Workflow(input, """
            if sudo -n true 2> /dev/null; then sudo -n mount -t tmpfs none /mnt 2> /dev/null && echo free || echo bounded; else echo refused; fi > $SIGNS/left
            """), "--user", RunnerMachine.User);
        WorkflowRun run = await started.EndAsync();
        Assert.True(run.ConclusionOf() == "success" && Read(started, "left") == expected, $"{Read(started, "left")}\n{run}");
        Assert.Equal("", (await Machine.ShellAsync("ls /etc/pam.d /etc/sudoers.d | grep sallyport || true; ls /var/lib/sallyport/bounds")).Trim());
    }

    private static string Read(StartedRun run, string name) => File.ReadAllText(Path.Combine(run.Folder, name)).Trim();
}
