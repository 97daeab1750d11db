using Sallyport.EndToEnd.Tests.Machine;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// R1: whoever is in the group of Docker's socket is root. With disable-sudo the job's user reaches no daemon any more, neither by its
/// socket nor by the agent's in its place; after the job the socket is as before.
/// </summary>
[Collection(nameof(ActionDocker))]
public sealed class DockerGroupTests(DockerFixture fixture)
{
    private RunnerMachine Machine => fixture.Machine;

    [Theory]
    [InlineData("disable-telemetry: true", "reached")]
    [InlineData("disable-sudo: true", "refused")]
    [InlineData("disable-sudo-and-containers: true", "refused")]
    public async Task The_group_of_dockers_socket(string input, string expected)
    {
        const string Socket = "/run/docker.sock";
        string before = (await Machine.ShellAsync($"stat -c '%g %a' {Socket}")).Trim();
        await Machine.ShellAsync($"chgrp 4242 {Socket}; chmod 660 {Socket}");
        try
        {
            using StartedRun started = Machine.Start(
                SudoTests.Workflow(input, "docker version > $SIGNS/said 2>&1 && echo reached > $SIGNS/docker || echo refused > $SIGNS/docker"),
                "--user",
                RunnerMachine.User);
            WorkflowRun run = await started.EndAsync();
            Assert.True(run.ConclusionOf() == "success", run.ToString());
            Assert.True(Read(started, "docker") == expected, $"{Read(started, "said")}\n{run}");
            Assert.Equal("4242 660", (await Machine.ShellAsync($"stat -c '%g %a' {Socket}")).Trim());
        }
        finally
        {
            string[] words = before.Split(' ');
            await Machine.ShellAsync($"chgrp {words[0]} {Socket}; chmod {words[1]} {Socket}");
        }
    }

    private static string Read(StartedRun run, string name) => File.ReadAllText(Path.Combine(run.Folder, name)).Trim();
}
