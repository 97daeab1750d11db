using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;
using Sallyport.Lab.Processes;

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

    /// <summary>
    /// A daemon with other addresses than Docker's own: a path in a folder of root's is closed, a port and a path where others may write
    /// cannot be, and are said. In block mode a port that listened before the job is refused as well.
    /// </summary>
    [Theory]
    [InlineData("disable-telemetry: true", "audit", "reached reached reached")]
    [InlineData("disable-sudo: true", "audit", "refused reached reached")]
    [InlineData("disable-sudo: true", "block", "refused refused reached")]
    public async Task A_daemon_that_listens_elsewhere(string input, string mode, string expected)
    {
        string[] places = ["unix:///run/second/docker.sock", "tcp://127.0.0.1:2375", "unix:///run/open/second.sock"];
        await Machine.ShellAsync("mkdir -p -m 755 /run/second; mkdir -p -m 1777 /run/open");
        using LabProcess second = Machine.Network.Start(
        [
            "sh", "-c", "chrt --other 0 dockerd \"$@\" 2>&1 | tee /run/second.log | sed -u -n 's/.*API listen on .*open.second.*/ready/p'", "dockerd",
            .. places.SelectMany(place => (string[])["--host", place]), "--group", "4242", "--tls=false", "--bridge", "docker0", "--iptables=false", "--ip6tables=false",
            "--data-root", "/run/second/data", "--exec-root", "/run/second/exec", "--pidfile", "/run/second/pid",
        ]);
        try
        {
            await second.SaysAsync("ready", TimeSpan.FromSeconds(40));
            using StartedRun started = Machine.Start(
                SudoTests.Workflow(
                    input,
                    $$"""
                    for place in {{string.Join(' ', places)}}; do
                      docker -H $place version >> $SIGNS/said 2>&1 && echo reached >> $SIGNS/second || echo refused >> $SIGNS/second
                    done
                    """,
                    mode),
                "--user",
                RunnerMachine.User);
            WorkflowRun run = await started.EndAsync();
            Assert.True(run.ConclusionOf() == "success", run.ToString());
            Assert.True(Read(started, "second").ReplaceLineEndings(" ") == expected, $"{Read(started, "second")}\n{Read(started, "said")}\n{run}");
            string said = run.TextOf("Pre Protect");
            Assert.All(["dockerd listens at 127.0.0.1:2375 as well", "dockerd listens at /run/open/second.sock as well"], text =>
                Assert.Equal(input.StartsWith("disable-sudo", StringComparison.Ordinal), said.Contains(text, StringComparison.Ordinal)));
            Assert.DoesNotContain("/run/second/docker.sock", said, StringComparison.Ordinal);
            Assert.Equal("4242 660", (await Machine.ShellAsync("stat -c '%g %a' /run/second/docker.sock")).Trim());
        }
        catch (LabException e)
        {
            throw new LabException($"{await Machine.ShellAsync("tail -n 20 /run/second.log")}", e);
        }
        finally
        {
            await Machine.ShellAsync("""
                pid=$(cat /run/second/pid 2> /dev/null) && kill $pid && for i in $(seq 800); do [ -e /proc/$pid/exe ] || break; sleep 0.05; done
                rm -rf /run/second /run/open || true
                """);
        }
    }

    private static string Read(StartedRun run, string name) => File.ReadAllText(Path.Combine(run.Folder, name)).Trim();
}
