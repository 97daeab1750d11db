using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.EndToEnd.Tests;

/// <summary>The service is started while an agent answers that a job has started on demand, and that waits for another job after it.</summary>
public sealed class TakeOverTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Attacker = $"curl -sS --max-time 30 http://{LabAddresses.Attacker}";

    private const string Next = $"""
        name: Next
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - run: {Attacker}/next || true
        """;

    [Fact]
    public async Task The_service_takes_over_at_once_and_the_job_goes_on()
    {
        fixture.Machine.Network.World.Clear();
        using StartedRun started = fixture.Machine.Start($"""
            name: On demand
            on: push
            jobs:
              build:
                runs-on: self-hosted
                steps:
                  - name: Protect
                    uses: sallyport/sallyport@v1
                    with:
                      egress-policy: block
                      allowed-endpoints: v4.test:80
                      deploy-on-self-hosted-vm: true
                  - id: calls
                    run: |
                      touch $SIGNS/ready
                      while [ ! -e $SIGNS/go ]; do {Attacker}/between || true; sleep 0.05; done
                      curl -sS --max-time 30 http://v4.test/allowed
            """);
        await started.SignAsync("ready");
        AgentProcess agent = await fixture.Machine.ServeWithAsync("version: 1\nmode: block\nallow: [v4.test:80]");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(started.Folder, "go"), "", TestContext.Current.CancellationToken);
            WorkflowRun run = await started.EndAsync();
            Assert.True(run.ConclusionOf() == "success" && run.Traffic.Contains("/allowed "), run.ToString());
            Assert.Equal(0, run.Traffic.ConnectionsTo(LabAddresses.Attacker));
            Assert.Equal(["refused"], run.Report.Verdicts("calls", LabAddresses.Attacker));

            // At once after the job, within the time that an agent on demand waits for another one.
            WorkflowRun next = await fixture.Machine.RunAsync(Next);
            Assert.Equal(["refused"], next.Report.Verdicts("__run", LabAddresses.Attacker));
            ProcessOutcome outcome = await agent.StopAsync();
            Assert.Contains("takes over from the agent that a job has started", outcome.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            await agent.DisposeAsync();
        }
    }
}
