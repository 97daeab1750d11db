using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>disable-sudo with the real sudo: gone while the job runs, and there again for the next one.</summary>
public sealed class SudoTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    internal static string Workflow(string input, string script) => $"""
        name: Sudo
        on: push
        jobs:
          build:
            runs-on: ubuntu-24.04
            steps:
              - name: Protect
                uses: sallyport/sallyport@v1
                with:
                  egress-policy: block
                  allowed-endpoints: github.com:443
                  {input}
              - name: Try
                run: |
                  {script.ReplaceLineEndings("\n          ")}
        """;

    private const string Try = """
        sudo -n id -u > $SIGNS/during 2> $SIGNS/errors || echo "refused" >> $SIGNS/during
        id -Gn > $SIGNS/groups
        """;

    private RunnerMachine Machine => fixture.Machine;

    [Fact]
    public async Task Without_the_input_sudo_stays()
    {
        using StartedRun started = Start(Workflow("disable-telemetry: true", Try));
        WorkflowRun run = await started.EndAsync();
        Assert.True(run.ConclusionOf() == "success", run.ToString());
        Assert.Equal("0", Read(started, "during"));
    }

    [Theory]
    [InlineData("disable-sudo: true")]
    [InlineData("disable-sudo-and-containers: true")]
    public async Task It_is_gone_for_the_job_and_given_back(string input)
    {
        // Twice: what a job has taken is there for the next one on a machine that lives on.
        for (int i = 0; i < 2; i++)
        {
            using StartedRun started = Start(Workflow(input, Try));
            WorkflowRun run = await started.EndAsync();
            Assert.True(run.ConclusionOf() == "success", run.ToString());
            Assert.Equal("refused", Read(started, "during"));
            await AssertSudoAsync("0");
        }
    }

    [Fact]
    public async Task A_group_that_is_root_all_the_same_is_said()
    {
        await Machine.ShellAsync($"sed -i '/^disk:/s/$/{RunnerMachine.User}/' /etc/group");
        try
        {
            using StartedRun started = Start(Workflow("disable-sudo: true", Try));
            WorkflowRun run = await started.EndAsync();
            Assert.Contains(run.Step("Pre Protect").GetProperty("annotations").EnumerateArray(), annotation =>
                annotation.GetProperty("title").GetString() == "root stays open"
                && annotation.GetProperty("message").GetString()!.Contains("is in the group disk", StringComparison.Ordinal));
        }
        finally
        {
            await Machine.ShellAsync($"sed -i '/^disk:/s/{RunnerMachine.User}$//' /etc/group");
        }
    }

    [Fact]
    public async Task It_is_given_back_after_a_kill()
    {
        using StartedRun started = Start(Workflow("disable-sudo: true", $"""
            {Try}
            touch $SIGNS/ready
            while [ ! -e $SIGNS/go ]; do sleep 0.05; done
            sudo -n id -u > $SIGNS/after 2> $SIGNS/errors || echo refused >> $SIGNS/after
            """));
        await started.SignAsync("ready");
        await Machine.ShellAsync("kill -KILL \"$1\"", $"{started.Watcher()}");
        await File.WriteAllTextAsync(Path.Combine(started.Folder, "go"), "", TestContext.Current.CancellationToken);
        WorkflowRun run = await started.EndAsync();
        Assert.Equal("refused", Read(started, "during"));
        Assert.True(Read(started, "after") == "refused", run.ToString());
        await AssertSudoAsync("0");
    }

    [Fact]
    public async Task Cleanup_gives_it_back_when_nobody_is_left_to()
    {
        using (StartedRun started = Start(Workflow("disable-sudo: true", $"""
            {Try}
            touch $SIGNS/ready
            sleep 60
            """)))
        {
            await started.SignAsync("ready");
            await AssertSudoAsync("refused");
            // A reset of the machine: nothing of the job or of the agent is left but what is on disk.
            Machine.Reset();
        }

        await AssertSudoAsync("refused");
        // Killed processes leave their cgroup first, and the process table when they have closed everything.
        string said = "";
        for (int i = 0; i < 100 && !said.Contains("given back", StringComparison.Ordinal); i++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            said = await Machine.ShellAsync("\"$1\" cleanup", Machine.Product);
        }

        await AssertSudoAsync("0");
    }

    private static string Read(StartedRun run, string name) => File.ReadAllText(Path.Combine(run.Folder, name)).Trim();

    private async Task AssertSudoAsync(string expected) => Assert.Equal(expected, (await Machine.ShellAsync($"""
        setpriv --reuid=4242 --regid=4242 --init-groups sh -c 'sudo -n id -u 2> /dev/null || echo refused'
        """)).Trim());

    private StartedRun Start(string workflow) => Machine.Start(workflow, "--user", RunnerMachine.User);
}
