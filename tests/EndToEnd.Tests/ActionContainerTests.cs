using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// The Action in a `container:` job, out of which the machine cannot be protected: block fails with the reason, audit warns.
/// </summary>
[Collection(nameof(ActionDocker))]
public sealed class ActionContainerTests(DockerFixture fixture)
{
    /// <summary>The image of the fixture with the libraries of this machine's node, which the runner brings along.</summary>
    private const string MakeImage = """
        image=/run/lab/work/node-image
        [ ! -d $image ] || exit 0
        cp -a /run/lab/work/image $image
        for file in $(ldd "$(readlink -f "$(command -v node || command -v nodejs)")" | grep -o '/[^ ]*'); do
          mkdir -p $image/$(dirname $file)
          cp -Lu $file $image/$file
        done
        tar -C $image -c . | docker import --change 'ENV PATH=/usr/bin:/bin' - jobs/node:1
        """;

    private const string Workflow = $"""
        name: Contained
        on: push
        jobs:
          block:
            runs-on: ubuntu-24.04
            container: jobs/node:1
            steps:
              - name: Harden Runner
                uses: step-security/harden-runner@rc
                with:
                  egress-policy: block
              - name: Call out
                run: curl -sS --max-time 5 http://{LabAddresses.Attacker}/block || true
          audit:
            runs-on: ubuntu-24.04
            container: jobs/node:1
            steps:
              - name: Harden Runner
                uses: step-security/harden-runner@rc
                with:
                  egress-policy: audit
              - name: Call out
                run: curl -sS --max-time 5 http://{LabAddresses.Attacker}/audit || true
        """;

    [Fact]
    public async Task Block_fails_with_the_reason_and_audit_warns()
    {
        await fixture.Machine.ShellAsync(MakeImage);
        WorkflowRun run = await fixture.Machine.RunAsync(Workflow);
        foreach ((int job, string conclusion, string level) in new[] { (0, "failure", "error"), (1, "success", "warning") })
        {
            Assert.True(run.ConclusionOf(job) == conclusion, run.ToString());
            JsonElement said = Assert.Single(
                run.Step("Pre Harden Runner", job).GetProperty("annotations").EnumerateArray(),
                one => one.GetProperty("title").GetString() == "This job is not protected");
            Assert.Equal(level, said.GetProperty("level").GetString());
            Assert.Contains("container:", said.GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.Contains(
                "ran without protection", run.Step("Post Harden Runner", job).GetProperty("summary").GetString(), StringComparison.Ordinal);
        }

        Assert.True(run.Traffic.Contains("/audit ") && !run.Traffic.Contains("/block "), run.ToString());
    }
}
