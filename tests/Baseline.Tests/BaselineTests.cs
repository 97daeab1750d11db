namespace Sallyport.Baseline.Tests;

public sealed class BaselineTests
{
    private static readonly SeenDestination GitHub = new("tcp", "github.com", 443, "checkout", "/usr/bin/git", false);
    private static readonly SeenDestination Npm = new("tcp", "registry.npmjs.org", 443, "build", "/usr/bin/node", false);

    [Fact]
    public void For_an_unknown_job_everything_is_new() =>
        Assert.Equal([NoveltyKind.Destination, NoveltyKind.Destination],
            BaselineComparison.Compare(null, [GitHub, Npm]).Select(novelty => novelty.Kind));

    [Fact]
    public void What_a_run_taught_is_not_new_in_the_next()
    {
        JobBaseline baseline = JobBaseline.Empty("ci / build").Learn([GitHub, Npm]);

        Assert.Empty(BaselineComparison.Compare(baseline, [Npm, GitHub]));
        Assert.Equal(
            [
                new Novelty(NoveltyKind.Destination, GitHub with { Port = 22 }),
                new Novelty(NoveltyKind.Destination, GitHub with { Protocol = "udp" }),
                new Novelty(NoveltyKind.Process, GitHub with { Process = "/tmp/x" }),
                new Novelty(NoveltyKind.Step, GitHub with { Step = "publish" }),
            ],
            BaselineComparison.Compare(baseline,
            [
                GitHub with { Step = "publish" }, GitHub with { Process = "/tmp/x" }, GitHub with { Port = 22 },
                GitHub with { Protocol = "udp" }, GitHub with { Step = null, Process = null }, GitHub,
            ]));
    }

    [Fact]
    public void A_refused_destination_is_new_and_is_never_learned()
    {
        SeenDestination refused = GitHub with { Host = "evil.example", Refused = true };
        JobBaseline baseline = JobBaseline.Empty("job").Learn([GitHub, refused]).Learn([refused]);

        Assert.Equal(["github.com"], baseline.Destinations.Select(destination => destination.Host));
        Assert.Equal(NoveltyKind.Destination, Assert.Single(BaselineComparison.Compare(baseline, [refused])).Kind);
    }

    [Fact]
    public void A_destination_counts_once_for_each_run_however_often_it_is_called()
    {
        JobBaseline baseline = JobBaseline.Empty("job").Learn([GitHub, GitHub with { Step = "b" }, GitHub]).Learn([GitHub]);

        KnownDestination known = Assert.Single(baseline.Destinations);
        Assert.Equal(2, known.Runs);
        Assert.Equal(["b", "checkout"], known.Steps);
    }

    [Fact]
    public void A_baseline_becomes_stable_by_good_turing()
    {
        JobBaseline baseline = JobBaseline.Empty("job");
        Assert.False(StabilityEstimate.Of(baseline).IsStable);
        baseline = baseline.Learn([GitHub, Npm]);
        Assert.Equal(1.0, StabilityEstimate.Of(baseline).NewProbability);
        baseline = baseline.Learn([GitHub, Npm]);
        Assert.Equal(0.0, StabilityEstimate.Of(baseline).NewProbability);

        // One straggler among n observations: below 2 % from the 51st on.
        baseline = baseline.Learn([GitHub with { Host = "once.example" }]);
        Assert.Equal(1.0 / 5, StabilityEstimate.Of(baseline).NewProbability);
        for (int run = 0; run < 23; run++)
        {
            baseline = baseline.Learn([GitHub, Npm]);
        }
        Assert.True(StabilityEstimate.Of(baseline) is { IsStable: true, Observations: 51, SeenOnce: 1 });
    }

    [Fact]
    public void A_job_that_calls_nothing_is_stable_after_fifty_quiet_runs()
    {
        JobBaseline baseline = JobBaseline.Empty("job") with { Runs = 49 };
        Assert.False(StabilityEstimate.Of(baseline).IsStable);
        Assert.True(StabilityEstimate.Of(baseline.Learn([])).IsStable);
    }

    [Fact]
    public void The_lists_of_callers_are_bounded_and_then_say_nothing_more()
    {
        JobBaseline baseline = JobBaseline.Empty("job")
            .Learn(Enumerable.Range(0, 100).Select(number => GitHub with { Process = $"/tmp/{number}" }));

        Assert.Equal(KnownDestination.MaxCallers, baseline.Destinations[0].Processes.Length);
        Assert.Empty(BaselineComparison.Compare(baseline, [GitHub with { Process = "/tmp/another" }]));
    }
}
