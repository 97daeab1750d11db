using Sallyport.EndToEnd.Tests.Machine;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// R1, R2 with `sudo: bounded`: no container is the way round the bounds, neither by the group of Docker's socket nor as root, and no
/// runtime is reached past the agent; other containers go on.
/// </summary>
[Collection(nameof(ActionDocker))]
public sealed class BoundedContainerTests(DockerFixture fixture)
{
    /// <summary>A link to a runtime's socket is one more way to it; a link to a socket of the job's own is none.</summary>
    private const string Try = """
        cat > $SIGNS/other.py <<'EOF'
        import os, socket, sys
        server, client = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        server.bind(sys.argv[1] + "/own")
        server.listen()
        os.symlink(sys.argv[1] + "/own", sys.argv[1] + "/own-link")
        client.connect(sys.argv[1] + "/own-link")
        client.send(b"x")
        EOF
        did() { name=$1; shift; if "$@" > /dev/null 2>> $SIGNS/errors; then echo "did $name"; else echo "refused $name"; fi; }
        containerd=/run/docker-exec/containerd/containerd.sock
        {
          did plain docker run --rm ubuntu:latest true
          did pids docker run --rm --pid host ubuntu:latest true
          did root sudo -n docker run --rm --pid host ubuntu:latest true
          ln -sfn /run/docker.sock $SIGNS/link
          did link docker -H unix://$SIGNS/link run --rm --pid host ubuntu:latest true
          did curl curl -sS --fail --unix-socket $SIGNS/link http://x/version
          did root-link sudo -n curl -sS --fail --unix-socket $SIGNS/link http://x/version
          did containerd sudo -n ctr -a $containerd version
          ln -sfn $containerd $SIGNS/containerd
          did containerd-link sudo -n ctr -a $SIGNS/containerd version
          did other python3 $SIGNS/other.py $SIGNS
        } > $SIGNS/tried
        """;

    private const string Bounded =
        "did plain refused pids refused root refused link refused curl refused root-link refused containerd refused containerd-link did other";

    private RunnerMachine Machine => fixture.Machine;

    [Theory]
    [InlineData("disable-telemetry: true", "self-hosted", "did plain did pids did root did link did curl did root-link did containerd did containerd-link did other")]
    [InlineData("sudo: bounded", "self-hosted", Bounded, Explicit = true)]
    [InlineData("sudo: bounded", "github-hosted", Bounded)]
    public async Task A_container_is_no_way_round_the_bounds(string input, string environment, string expected)
    {
        const string Socket = "/run/docker.sock";
        string[] before = (await Machine.ShellAsync($"stat -c '%g %a' {Socket}")).Trim().Split(' ');
        await Machine.ShellAsync($"chgrp 4242 {Socket}; chmod 660 {Socket}");
        try
        {
            using StartedRun started = Machine.Start(SudoTests.Workflow(input, Try),
                "--user", RunnerMachine.User, "--runner-environment", environment, "--server-url", "https://github.com");
            WorkflowRun run = await started.EndAsync();
            string[] tried = (await File.ReadAllTextAsync(Path.Combine(started.Folder, "tried"), TestContext.Current.CancellationToken)).Trim().Split('\n');
            Assert.True(string.Join(' ', tried) == expected, $"{string.Join(' ', tried)}\n{run}");
            Assert.Equal(
                input == "sudo: bounded" ? 2 : 0,
                run.Report.Findings.Count(row => JobReport.Text(row, "id") == "privileged-container" && JobReport.Text(row, "action") == "blocked"));
            Assert.Equal(
                input == "sudo: bounded",
                run.Report.Document.GetProperty("connections").EnumerateArray().Any(row =>
                    JobReport.Text(row, "verdict") == "refused" && JobReport.Text(row, "destination")!.EndsWith("containerd.sock", StringComparison.Ordinal)));
            Assert.Equal("4242 660", (await Machine.ShellAsync($"stat -c '%g %a' {Socket}")).Trim());
        }
        finally
        {
            await Machine.ShellAsync($"chgrp {before[0]} {Socket}; chmod {before[1]} {Socket}");
        }
    }
}
