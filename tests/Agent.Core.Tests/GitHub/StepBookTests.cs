using Sallyport.Agent.Core.GitHub.Steps;
using Sallyport.Policy;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Tests.GitHub;

public sealed class StepBookTests
{
    [Theory]
    [InlineData("kernel first")]
    [InlineData("log first")]
    [InlineData("whole log first")]
    [InlineData("whole log last")]
    [InlineData("environment last")]
    public void Every_execution_of_the_sample_is_confirmed_in_its_step_whatever_comes_first(string order)
    {
        var run = new StepRun();
        void Fork(int pid) => run.Fork(Number(pid), pid, ActionOf(pid), environment: order != "environment last");
        switch (order)
        {
            case "kernel first": run.BeforeStart = Fork; break;
            case "log first" or "environment last": run.AfterStart = Fork; break;
            case "whole log last": Each(Fork); break;
            default: break;
        }

        run.Log(RunnerSamples.Log());
        if (order == "whole log first")
        {
            Each(Fork);
        }

        if (order == "environment last")
        {
            Assert.All(run.Assigned.Values, a => Assert.False(a.Confirmed));
            Each(pid => run.Book.ExecutionEnvironment(Number(pid), RunnerSamples.Block(ActionOf(pid)), false, 2_000_000));
        }

        var report = run.Report();
        Assert.Equal(
            RunnerSamples.Started.Select(s => (s.Step, true)),
            RunnerSamples.Started.Select(s => (run.Assigned[Number(s.Pid)].Step!, run.Assigned[Number(s.Pid)].Confirmed)));
        Assert.Equal(0, run.Book.UnmatchedStarts);
        Assert.Equal(30, report.Steps.Length);
        Assert.All(report.Steps, step => Assert.NotNull(step.Conclusion));
    }

    /// <summary>The number of a process is used again: one that was left behind has the one of a step's own, and that step's environment.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_was_left_behind_is_no_steps_for_certain_whatever_its_pid_and_environment(bool logFirst)
    {
        var pid = RunnerSamples.Started.First(one => one.Action == "__run").Pid;
        var run = new StepRun();
        if (logFirst)
        {
            run.Log(RunnerSamples.Log());
        }

        run.Fork(1, pid, ActionOf(pid), isLeft: true);
        if (!logFirst)
        {
            run.Log(RunnerSamples.Log());
        }

        Assert.False(run.Assigned[1].Confirmed);
        Assert.Equal(ActionOf(pid), run.Assigned[1].Identity.Id);
        var control = new StepRun().Log(RunnerSamples.Log()).Fork(1, pid, ActionOf(pid));
        Assert.True(control.Assigned[1].Confirmed);
    }

    [Fact]
    public void Steps_are_shown_as_on_GitHubs_page()
    {
        var run = new StepRun();
        run.BeforeStart = pid => run.Fork(Number(pid), pid, ActionOf(pid));
        var report = run.Log(RunnerSamples.Log()).Report();
        Assert.Equal(Enumerable.Range(1, 30), report.Steps.Select(step => step.Number));
        Assert.Equal(
            ["Set up job", "Pre Harden Runner", "Harden Runner", "Checkout"], report.Steps.Take(4).Select(step => step.Name));
        Assert.Equal(["Post Harden Runner", "Complete job"], report.Steps.TakeLast(2).Select(step => step.Name));
        Assert.Equal(2, report.Steps.Count(step => step.Name == "Two same A"));
        Assert.Equal("skipped", report.Steps.Single(step => step.Name == "Skipped one").Conclusion);
        Assert.Equal("failure", report.Steps.Single(step => step.Name == "Fails").Conclusion);
        var ignored = report.Steps.Single(step => step.Name == "Continue on error");
        Assert.Equal(("success", true), (ignored.Conclusion, ignored.FailureIgnored));
        var pre = report.Steps[1];
        Assert.Equal(("pre", "step-security/harden-runner@rc", "node20", true), (pre.Stage, pre.Action, pre.Kind, pre.Confirmed));
        Assert.Equal(9_519_511, report.Steps.Single(step => step.Id == "__run").Ended!.Value.Ticks % TimeSpan.TicksPerSecond);
        var composite = report.Steps.Single(step => step.Id == "compid");
        Assert.Equal("composite", composite.Kind);
        Assert.Equal(
            ["compid.inner1", "compid.__run", "compid.__self", "compid.__self_2.__run"], composite.Executions.Select(x => x.Name));
        Assert.Equal(("local/e2e", "Build job", "failure"), (report.Job.GitHub!.Repository, report.Job.GitHub.JobName, report.Job.GitHub.Result));
    }

    [Fact]
    public void The_docker_commands_of_a_container_job_belong_to_the_runners_own_steps()
    {
        var run = new StepRun();
        run.BeforeStart = pid => run.Fork((uint)pid, pid, pid switch { 19706 => "__run", 19735 => "second", _ => null });
        var report = run.Log(RunnerSamples.Log("Worker_container.log")).Report();
        Assert.Equal(
            ["Set up job", "Initialize containers", "In container run", "In container second", "Stop containers", "Complete job"],
            report.Steps.Select(step => step.Name));
        Assert.Equal([0, 16, 1, 1, 4, 0], report.Steps.Select(step => step.Executions.Length));
        Assert.All(run.Assigned.Values, a => Assert.Equal(a.Step?.StartsWith("runner:stop-containers", StringComparison.Ordinal) is not true, a.Confirmed));
        Assert.Equal(new StepIdentity("second", "In container second", null), run.Assigned[19735].Identity);
        Assert.Equal(new StepIdentity(null, null, null), run.Assigned[19759].Identity);
    }

    [Fact]
    public void Pre_and_post_have_the_policy_of_their_step()
    {
        var run = new StepRun();
        run.BeforeStart = pid => run.Fork(Number(pid), pid, ActionOf(pid));
        run.Log(RunnerSamples.Log());
        var expected = new StepIdentity("__step-security_harden-runner", "Harden Runner", "step-security/harden-runner@rc");
        Assert.All(new[] { 18318, 18326, 18874 }, pid => Assert.Equal(expected, run.Assigned[Number(pid)].Identity));
        Assert.Equal("After  expr", run.Assigned[Number(18789)].Identity.Name);
    }

    [Fact]
    public void Who_says_another_step_than_the_log_is_not_confirmed()
    {
        var run = new StepRun();
        run.BeforeStart = pid => run.Fork(Number(pid), pid, pid == 18344 ? "with_id" : ActionOf(pid));
        run.Log(RunnerSamples.Log());
        Assert.Equal((false, AssignmentReason.Contradiction),
            (run.Assigned[Number(18344)].Confirmed, run.Assigned[Number(18344)].Reason));
        Assert.True(run.Assigned[Number(18370)].Confirmed);
    }

    [Fact]
    public void Who_the_log_does_not_name_is_not_confirmed()
    {
        var run = new StepRun();
        run.BeforeStart = pid => run.Fork(9999, pid + 1, "__run_2");
        run.Log(RunnerSamples.Log());
        Assert.Equal((false, AssignmentReason.AwaitingLog), (run.Assigned[9999].Confirmed, run.Assigned[9999].Reason));
    }

    [Fact]
    public void A_line_written_into_the_log_confirms_only_what_the_kernel_saw_too()
    {
        var run = new StepRun();
        const string line = "ProcessInvokerWrapper|Process started with process id 77, waiting for process exit.";
        run.BeforeStart = pid =>
        {
            if (pid == 18344)
            {
                // A step writes the line for a process to come; that one is of another step.
                run.BeforeStart = null;
                run.Lines(line).Fork(7, 77, "with_id");
            }
        };
        run.Log(RunnerSamples.Log());
        Assert.False(run.Assigned[7].Confirmed);
    }

    /// <summary>The build of an action's Dockerfile says no step: a process that a step left writes which one is open.</summary>
    [Theory]
    [InlineData("StepsRunner|Processing step: DisplayName='Two'", "two")]
    [InlineData("JobRunner|Finalize job.", "runner:complete-job")]
    public void By_the_log_alone_nothing_is_confirmed_once_a_step_has_begun(string forged, string step)
    {
        var run = Begun().Lines(Start(40)).Fork(1, 40, null).Lines(Step("One"), Start(51)).Fork(2, 51, "one");
        Assert.Equal(("runner:set-up-job", AssignmentReason.Log), (run.Assigned[1].Step, run.Assigned[1].Reason));
        run.Lines(Telemetry("one"), forged, Start(52)).Fork(3, 52, null);
        Assert.True(run.Assigned[1].Confirmed && run.Assigned[2].Confirmed);
        Assert.Equal((step, false, AssignmentReason.Log), (run.Assigned[3].Step, run.Assigned[3].Confirmed, run.Assigned[3].Reason));
    }

    [Fact]
    public void By_the_log_alone_nothing_is_a_steps()
    {
        var run = Begun().Lines(Step("One"), Start(51)).Fork(1, 51, null);
        Assert.Equal(("one", false, AssignmentReason.Log), (run.Assigned[1].Step, run.Assigned[1].Confirmed, run.Assigned[1].Reason));
    }

    [Fact]
    public void A_pid_that_is_used_again_belongs_to_both_steps_in_their_order()
    {
        var run = Begun().Lines(Step("One"), Start(50), Telemetry("one"), Step("Two"), Start(50), Telemetry("two"));
        run.Fork(1, 50, "one").Fork(2, 50, "two");
        Assert.Equal([("one", true), ("two", true)], run.Assigned.Values.Select(a => (a.Step!, a.Confirmed)));

        var late = Begun().Fork(1, 50, "one").Fork(2, 50, "two");
        late.Lines(Step("One"), Telemetry("one"), Step("Two"), Start(50));
        Assert.Equal([false, true], late.Assigned.Values.Select(a => a.Confirmed));
    }

    [Fact]
    public void Steps_side_by_side_are_told_apart_by_what_their_processes_say()
    {
        var run = Begun().Lines(Step("One"), Step("Two"), Start(52), Start(51)).Fork(1, 51, "one").Fork(2, 52, "two").Fork(3, 53, null);
        run.Lines(Start(53), Telemetry("two"), Telemetry("one"));
        Assert.Equal([("one", true), ("two", true)], run.Assigned.Values.Take(2).Select(a => (a.Step!, a.Confirmed)));
        Assert.Equal((null, AssignmentReason.Ambiguous), (run.Assigned[3].Step, run.Assigned[3].Reason));
        Assert.Equal(["two", "one"], run.Events.OfType<StepEnded>().Where(e => e.Conclusion == "success").Select(e => e.Step));
    }

    [Fact]
    public void A_name_that_is_not_the_job_messages_confirms_nothing()
    {
        var run = Begun().Lines(Step("Something else"), Start(51)).Fork(1, 51, "one");
        Assert.Equal((false, AssignmentReason.LogUncertain), (run.Assigned[1].Confirmed, run.Assigned[1].Reason));
    }

    [Fact]
    public void A_main_step_called_like_a_post_step_stays_a_main_step()
    {
        var run = new StepRun().Lines(
            "Worker|Job message:",
            """ {"steps": [{"contextName": "a", "reference": {"type": "script"}, "displayNameToken": "Post Checkout"},""",
            """ {"contextName": "b", "reference": {"type": "script"}, "displayNameToken": "Initialize containers"}]}""",
            "JobRunner|Total job steps: 2.", Step("Post Checkout"), Start(51), Telemetry("a"), Step("Initialize containers"), Start(52));
        run.Fork(1, 51, "a").Fork(2, 52, "b");
        Assert.Equal([("a", true), ("b", true)], run.Assigned.Values.Select(a => (a.Step!, a.Confirmed)));
    }

    [Fact]
    public void Without_a_log_steps_are_named_by_what_they_say_and_never_confirmed()
    {
        var run = new StepRun().Fork(1, 51, "publish").Fork(2, 52, null);
        Assert.All(run.Assigned.Values, a => Assert.False(a.Confirmed));
        var step = Assert.Single(run.Report().Steps);
        Assert.Equal(("publish", false), (step.Id, step.Confirmed));
        Assert.Equal("build", run.Report().Job.GitHub!.Job);
    }

    [Theory]
    [InlineData("GITHUB_ACTION=one\0GITHUB_ACTION=two\0", false, AssignmentReason.IdentityConflict)]
    [InlineData("A=b\0GITHUB_ACT", true, AssignmentReason.EnvironmentTruncated)]
    [InlineData("GITHUB_ACTION=other\0", false, AssignmentReason.UnknownStep)]
    public void A_doubtful_environment_confirms_nothing(string block, bool truncated, AssignmentReason reason)
    {
        var run = Begun().Lines(Step("One"), Start(51)).Fork(1, 51, null, environment: false);
        run.Book.ExecutionEnvironment(1, System.Text.Encoding.UTF8.GetBytes(block), truncated, 5);
        Assert.Equal((false, reason), (run.Assigned[1].Confirmed, run.Assigned[1].Reason));
        run.Book.ExecutionEnvironment(1, "GITHUB_ACTION=one\0"u8, false, 6);
        Assert.Equal(reason, run.Assigned[1].Reason);
    }

    [Fact]
    public void Executions_and_starts_without_a_place_are_counted()
    {
        var run = Begun();
        for (uint i = 1; i <= 20_000; i++)
        {
            run.Book.ExecutionForked(i, i, (int)i, i);
        }

        Assert.Equal(20_000 - 16_384, run.Book.Overflow);
        run.Lines([.. Enumerable.Range(30_000, 2000).Select(Start)]);
        Assert.Equal(2000, run.Book.UnmatchedStarts);
    }

    internal static StepRun Begun() => new StepRun().Lines(
        "Worker|Job message:",
        """ {"steps": [{"contextName": "one", "id": "id-one", "reference": {"type": "script"}, "displayNameToken": "One"},""",
        """ {"contextName": "two", "id": "id-two", "reference": {"type": "script"}, "displayNameToken": "Two"}]}""",
        "JobRunner|Total job steps: 2.");

    internal static string Step(string name) => $"StepsRunner|Processing step: DisplayName='{name}'";

    internal static string Start(int pid) => $"ProcessInvokerWrapper|Process started with process id {pid}, waiting for process exit.";

    internal static string Telemetry(string step) =>
        $$"""ExecutionContext|Publish step telemetry for current step {"stage": "Main", "stepContextName": "{{step}}", "result": "succeeded"}.""";

    private static uint Number(int pid) => (uint)pid - 18_000;

    private static string? ActionOf(int pid) => RunnerSamples.Started.Single(s => s.Pid == pid).Action;

    private static void Each(Action<int> fork)
    {
        foreach (var start in RunnerSamples.Started)
        {
            fork(start.Pid);
        }
    }
}
