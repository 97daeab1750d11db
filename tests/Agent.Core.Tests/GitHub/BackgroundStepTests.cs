using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Tests.GitHub;

/// <summary>Steps in the background of others (runner 2.335 and later), as the worker's log shows them: lines of several come mixed.</summary>
public sealed class BackgroundStepTests
{
    private const string Ignored = "ExecutionContext|Updated step result (continue on error)";

    /// <summary>Source: the loop of steps ends those that it waits for itself, and a step in the background ends itself.</summary>
    [Fact]
    public void A_failure_that_is_ignored_is_that_steps_whose_end_follows()
    {
        var run = Begun().Lines(
            Step("One"), Queued("one"), Step("Two"), Queued("two"), Step("Three"),
            Ignored, Telemetry("one", errors: true), "BackgroundStepCoordinator|Background step 'one' completed with result: Succeeded",
            Ignored, "StepsRunner|Step result: Succeeded", Telemetry("three", errors: true),
            Telemetry("two", errors: true));
        Assert.Equal(
            [("one", "success", true), ("three", "success", true), ("two", "success", false)],
            Ended(run).Select(e => (e.Step, e.Conclusion, e.FailureIgnored)));
    }

    [Fact]
    public void A_success_with_a_warning_takes_no_others_line()
    {
        var run = Begun().Lines(
            Step("One"), Queued("one"), Step("Two"), Ignored, "StepsRunner|Step result:", Telemetry("two", errors: true), Step("Three"),
            Telemetry("one", errors: true));
        Assert.Equal([("two", false), ("one", true)], Ended(run).Select(e => (e.Step, e.FailureIgnored)));
    }

    /// <summary>The worker was killed, or lines were lost: the result is all that there is.</summary>
    [Fact]
    public void The_result_of_a_step_beside_others_is_kept()
    {
        var run = Begun().Lines(Step("One"), Queued("one"), Step("Two"), "StepsRunner|Step result: Failed", Step("Three"));
        run.Book.Completed(9);
        Assert.Equal([("two", "failure"), ("one", null), ("three", null)], Ended(run).Select(e => (e.Step, e.Conclusion)));
    }

    private static IEnumerable<StepEnded> Ended(StepRun run) => run.Events.OfType<StepEnded>().Where(e => e.Step != "runner:set-up-job");

    private static StepRun Begun() => new StepRun().Lines(
        "Worker|Job message:",
        """ {"steps": [""",
        """  {"contextName": "one", "id": "11111111-1111-1111-1111-111111111111", "reference": {"type": "script"}, "displayNameToken": "One"},""",
        """  {"contextName": "two", "id": "22222222-2222-2222-2222-222222222222", "reference": {"type": "script"}, "displayNameToken": "Two"},""",
        """  {"contextName": "three", "id": "33333333-3333-3333-3333-333333333333", "reference": {"type": "script"}, "displayNameToken": "Three"}""",
        """ ]}""",
        "JobRunner|Total job steps: 3.");

    private static string Step(string name) => $"StepsRunner|Processing step: DisplayName='{name}'";

    private static string Queued(string id) => $"BackgroundStepCoordinator|Background step '{id}' queued (slot will be acquired asynchronously).";

    private static string Telemetry(string context, bool errors) =>
        $$"""ExecutionContext|Publish step telemetry for current step {"type": "run", "stage": "Main", "stepContextName": "{{context}}", """
        + $$""" "result": "succeeded", "errorMessages": [{{(errors ? "\"Process completed with exit code 3.\"" : "")}}]}.""";
}
