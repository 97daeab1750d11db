using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// The Action in a `container:` job, out of which no agent can be asked: block fails with the reason, audit warns.
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
                run: curl -sS --max-time 30 http://{LabAddresses.Attacker}/block || true
          audit:
            runs-on: ubuntu-24.04
            container: jobs/node:1
            steps:
              - name: Harden Runner
                uses: step-security/harden-runner@rc
                with:
                  egress-policy: audit
              - name: Call out
                run: curl -sS --max-time 30 http://{LabAddresses.Attacker}/audit || true
        """;

    /// <summary>The runner gives a container nothing of the agent's: what the Action cannot know it does not say, with a service and without.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true, Explicit = true)]
    public async Task Block_fails_with_the_reason_and_audit_warns(bool isServed)
    {
        await fixture.Machine.ShellAsync(MakeImage);
        await using AgentProcess? agent = isServed ? await fixture.Machine.ServeWithAsync("version: 1\nmode: block\nallow: [v4.test:80]") : null;
        WorkflowRun run = await fixture.Machine.RunAsync(Workflow);
        foreach ((int job, string conclusion, string level) in new[] { (0, "failure", "error"), (1, "success", "warning") })
        {
            Assert.True(run.ConclusionOf(job) == conclusion, run.ToString());
            JsonElement said = Assert.Single(
                run.Step("Pre Harden Runner", job).GetProperty("annotations").EnumerateArray(),
                one => one.GetProperty("title").GetString() == "These inputs are not in force");
            Assert.Equal(level, said.GetProperty("level").GetString());
            Assert.Contains(
                "out of a `container:` no agent can be asked: whether a service of the machine watches this job, by its own policy, is not known here",
                said.GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.Contains(
                "nothing shows protection", run.Step("Post Harden Runner", job).GetProperty("summary").GetString(), StringComparison.Ordinal);
        }

        Assert.DoesNotContain("is not protected", run.ToString(), StringComparison.Ordinal);
        Assert.True(run.Traffic.Contains("/audit ") == !isServed && !run.Traffic.Contains("/block "), run.ToString());
        Assert.Equal(isServed ? ["enforcing", "enforcing"] : (string[])[], run.Reports.Select(report => report.InForce));
        await fixture.Machine.ConfigureOnDemandAsync();
    }
}
