using Sallyport.EndToEnd.Tests.Machine;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// `services:` of a job with the Action: the runner starts them first, so they run already when it comes. They are the job's all
/// the same (docs/adr/0016). What they do without it, <see cref="ServiceContainerTests"/> shows.
/// </summary>
[Collection(nameof(ActionDocker))]
public sealed class EarlierServiceTests(DockerFixture fixture)
{
    private const string Protect = """
        - name: Harden Runner
          uses: step-security/harden-runner@rc
          with:
            egress-policy: MODE
            allowed-endpoints: v4.test:80
        """;

    [Theory]
    [InlineData("audit", "self-hosted", Explicit = true)]
    [InlineData("block", "self-hosted")]
    [InlineData("block", "github-hosted")]
    public async Task A_service_is_reached_and_is_no_way_out(string mode, string environment)
    {
        WorkflowRun run = await JobWithService.RunAsync(
            fixture.Machine, JobWithService.Workflow(Protect.Replace("MODE", mode, StringComparison.Ordinal)),
            "--runner-environment", environment, "--server-url", "https://github.com");
        JobWithService.AssertJudged(run, mode, isInferred: true);
    }
}
