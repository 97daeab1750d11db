using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// Every change of a file in the report of the step that made it, and of the container: of a file that git tracks, in the folders that the
/// runner keeps for itself, and by a container that was given the workspace.
/// </summary>
[Collection(nameof(ServedDocker))]
public sealed class FileStepTests(DockerFixture fixture)
{
    private const string Workflow = """
        name: Files
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - name: Check out
                id: checkout
                run: |
                  git init -q -b main .; git config user.name lab; git config user.email lab@lab.test
                  mkdir src; echo 'return 0;' > src/main.c; echo 'return 1;' > src/more.c; git add .; git commit -qm one
              - name: Change
                id: change
                run: echo 'return 9;' >> src/main.c
              - name: Drop
                id: drop
                run: |
                  work=$(dirname "$RUNNER_TEMP")
                  mkdir -p "$work/_actions/dropped" "$work/_tool/dropped"
                  for folder in _temp _actions/dropped _tool/dropped; do echo x > "$work/$folder/payload"; done
              - name: Container
                id: container
                run: docker run --rm -v "$PWD:/w" ubuntu:latest bash -c 'echo "return 9;" >> /w/src/more.c; echo x > /w/made; sleep 0.3'
              - name: After
                id: after
                run: test "$(tail -n 1 src/main.c)$(tail -n 1 src/more.c)" = 'return 9;return 9;'
        """;

    /// <summary>A disk for work, as runners on rented machines have it, is neither below the runner nor below the home of its user.</summary>
    private const string Disk = "/run/lab/disk";

    [Theory]
    [InlineData]
    [InlineData("--work", $"{Disk}/work")]
    public async Task A_change_of_a_file_is_in_the_step_and_the_container_that_made_it(params string[] options)
    {
        await fixture.Machine.ShellAsync($"mkdir -p {Disk}; mountpoint -q {Disk} || mount -t tmpfs -o mode=755 tmpfs {Disk}");
        WorkflowRun off = await fixture.Machine.RunAsync(Workflow, options);
        Assert.True(off.ConclusionOf() == "success" && off.Reports.Count == 0, off.ToString());
        await fixture.Machine.ShellAsync($"rm -rf {Disk}/work");
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync("version: 1\nmode: audit");
        WorkflowRun run = await fixture.Machine.RunAsync(Workflow, options);
        Assert.True(run.ConclusionOf() == "success" && run.Report.IsComplete, run.ToString());

        Assert.Equal(
            ["change src/main.c", "container src/more.c"],
            run.Report.Findings.Where(row => JobReport.Text(row, "id") == "source-tampered")
                .Select(row => $"{JobReport.Text(row, "step")} {End(JobReport.Text(row.GetProperty("evidence"), "file")!)}"));
        AssertRow(run, "src/main.c", "change", isTracked: true);
        foreach (string folder in (string[])["_temp", "_actions/dropped", "_tool/dropped"])
        {
            AssertRow(run, $"{folder}/payload", "drop", isTracked: false);
        }

        foreach ((string path, bool isTracked) in ((string, bool)[])[("src/more.c", true), ("made", false)])
        {
            JsonElement row = AssertRow(run, path, "container", isTracked);
            JsonElement container = run.Report.ContainerOf(JobReport.Text(row, "container"));
            Assert.Equal("ubuntu:latest", JobReport.Text(container, "image"));
            Assert.Equal("container", JobReport.Text(container, "step"));
        }
    }

    /// <summary>
    /// All rows of a path after the checkout are the step's, and the container's when it made them. At the end the runner itself empties
    /// its folder.
    /// </summary>
    private static JsonElement AssertRow(WorkflowRun run, string path, string step, bool isTracked)
    {
        JsonElement[] rows =
        [
            .. run.Report.Files.Where(row => JobReport.Text(row, "path")!.EndsWith("/" + path, StringComparison.Ordinal)
                && JobReport.Text(row, "step") != "checkout" && JobReport.Text(row, "change") != "removed"),
        ];
        Assert.True(rows.Length > 0, $"{path}\n{run}");
        Assert.All(rows, row => Assert.True(JobReport.Text(row, "step") == step && JobReport.Text(row, "process") is not null, $"{row}\n{run}"));
        Assert.All(rows, row => Assert.True((JobReport.Text(row, "container") is not null) == (step == "container"), $"{row}\n{run}"));
        JsonElement tracked = rows.FirstOrDefault(row => row.GetProperty("tracked").GetBoolean() == isTracked);
        Assert.True(tracked.ValueKind == JsonValueKind.Object, $"{path}: tracked is not {isTracked}\n{run}");
        return tracked;
    }

    private static string End(string path) => string.Join('/', path.Split('/')[^2..]);
}
