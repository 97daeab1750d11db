using Sallyport.EndToEnd.Tests.Machine;

namespace Sallyport.EndToEnd.Tests;

/// <summary>`services:` of a job that the machine's service watches from its start: the job's, reached in block mode, and no way out.</summary>
[Collection(nameof(ServedDocker))]
public sealed class ServiceContainerTests(DockerFixture fixture)
{
    private static readonly string s_workflow = JobWithService.Workflow("- run: true");

    [Fact]
    public async Task Without_the_agent_a_service_is_a_way_out()
    {
        WorkflowRun run = await JobWithService.RunAsync(fixture.Machine, s_workflow);
        JobWithService.AssertServed(run);
        Assert.True(run.Traffic.Contains("/relayed "), run.ToString());
    }

    [Theory]
    [InlineData("audit", Explicit = true)]
    [InlineData("block")]
    public async Task A_service_is_reached_and_is_no_way_out(string mode)
    {
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync($"version: 1\nmode: {mode}\nallow: [v4.test:80]");
        WorkflowRun run = await JobWithService.RunAsync(fixture.Machine, s_workflow);
        JobWithService.AssertJudged(run, mode, isInferred: false);
    }
}
