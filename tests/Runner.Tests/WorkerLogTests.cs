using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sallyport.Runner.Tests;

/// <summary>The worker's log against the genuine one of the same workflow: same lines, same order.</summary>
public sealed partial class WorkerLogTests(MeasuredRun run)
{
    [Fact]
    public void Lines_of_steps_processes_and_telemetry_are_those_of_the_measured_log_in_its_order()
    {
        string[] expected = [.. Kept(File.ReadLines($"{StandIn.Samples}/worker-log-ci.txt"), null)];
        string[] actual = [.. Kept(run.WorkerLog().Split('\n'), run.StandIn.Root)];
        int same = expected.Zip(actual).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.True(expected.Length > 500, "the sample was not read");
        Assert.True(same == expected.Length && same == actual.Length,
            $"after {same} of {expected.Length} equal lines:\n"
            + $"measured: {string.Join("\n          ", expected.Skip(same).Take(3))}\n"
            + $"stand-in: {string.Join("\n          ", actual.Skip(same).Take(3))}");
    }

    [Fact]
    public void The_job_message_names_every_step_before_the_first_one_runs()
    {
        string log = run.WorkerLog();
        int start = log.IndexOf("Job message:\n {", StringComparison.Ordinal) + "Job message:\n ".Length;
        string text = log[start..log.IndexOf("\n[", start, StringComparison.Ordinal)];
        JsonElement message = JsonDocument.Parse(text).RootElement;
        JsonElement[] steps = [.. message.GetProperty("steps").EnumerateArray()];
        Assert.StartsWith("environmentVariables fileTable steps variables",
            string.Join(' ', message.EnumerateObject().Select(p => p.Name)));
        Assert.Equal(22, steps.Length);
        JsonElement third = steps[2];
        Assert.Equal("First run step", third.GetProperty("displayNameToken").GetProperty("lit").GetString());
        Assert.Equal(16, third.GetProperty("displayNameToken").GetProperty("line").GetInt32());
        Assert.Equal("__run", third.GetProperty("contextName").GetString());
        Assert.Equal(run.StandIn.Step("First run step").GetProperty("id").GetString(),
            third.GetProperty("id").GetString());
        Assert.Equal("success() && (false)", steps[17].GetProperty("condition").GetString());
        Assert.Equal("format('After {0} expr', github.job)",
            steps[18].GetProperty("displayNameToken").GetProperty("expr").GetString());
    }

    [Theory]
    [InlineData("first", "Processing step: DisplayName='First run step'")]
    [InlineData("unnamed", "Processing step: DisplayName='Run ./probe.sh unnamed'")]
    [InlineData("inner_world", "Processing embedded step: DisplayName='run'")]
    [InlineData("always", "Processing step: DisplayName='Always'")]
    public void The_step_is_named_on_disk_while_its_process_runs(string probe, string line) =>
        Assert.EndsWith(line, run.Probe(probe, "log-last"), StringComparison.Ordinal);

    [Fact]
    public void The_log_is_named_by_its_time_and_open_in_the_worker()
    {
        string log = run.StandIn.Job.GetProperty("workerLog").GetString()!;
        Assert.Matches(@"/_diag/Worker_\d{8}-\d{6}-utc\.log$", log);
        Assert.Contains(log, run.Probe("first", "worker-fd").Split('\n'));
    }

    private static IEnumerable<string> Kept(IEnumerable<string> lines, string? root)
    {
        bool keep = false;
        foreach (string line in lines)
        {
            string form = Normal.Form(line, root);
            if (line.StartsWith('['))
            {
                // Not in the stand-in: expanded conditions, and the bookkeeping of posts in composites.
                keep = Compared().IsMatch(form) && !form.Contains("] Expanded: ", StringComparison.Ordinal)
                    && !form.Contains("] Skipping executing post step id", StringComparison.Ordinal);
            }

            if (keep && form.Length > 0)
            {
                yield return form;
            }
        }
    }

    [GeneratedRegex(@"^\[(?:StepsRunner|CompositeActionHandler|CreateStepSummaryCommand|AddMaskCommandExtension|TempDirectoryManager)\]"
        + @"|^\[ProcessInvokerWrapper\] (?:Starting process|  File name|  Arguments|  Working|Updated oom|Process started|Finished process)"
        + @"|^\[JobRunner\] (?:Job ID|Total job|Run all|Finalize|Job result)|^\[ExecutionContext\] (?:Publish|Updated step)"
        + @"|^\[Worker\] Job completed")]
    private static partial Regex Compared();
}
