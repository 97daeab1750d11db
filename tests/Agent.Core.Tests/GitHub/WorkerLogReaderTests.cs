using Sallyport.Agent.Core.GitHub.Log;

namespace Sallyport.Agent.Core.Tests.GitHub;

public sealed class WorkerLogReaderTests
{
    [Fact]
    public void The_job_message_names_every_step_before_the_first()
    {
        var entries = new EntryList().Read(RunnerSamples.Log());
        var job = Assert.Single(entries.Of<JobMessageEntry>()).Job;
        Assert.Equal(22, job.Steps.Length);
        Assert.Equal(
            new PlannedStep(
                "__step-security_harden-runner", "30405e7a-06bd-48fc-8b98-0d363627ce47", "Harden Runner",
                "step-security/harden-runner@rc", "action"),
            job.Steps[0]);
        Assert.Equal(("__run_2", "Run ./probe.sh unnamed", "run"), (job.Steps[3].ContextName, job.Steps[3].Name, job.Steps[3].Kind));
        Assert.Equal("./.github/actions/comp", job.Steps.Single(step => step.ContextName == "compid").Action);
        Assert.Null(job.Steps.Single(step => step.ContextName == "__run_13").Name);
        Assert.Equal(("local/e2e", "CI e2e", "build", "Build job", "1"),
            (job.GitHub.Repository, job.GitHub.Workflow, job.GitHub.Job, job.GitHub.JobName, job.GitHub.RunId));
        Assert.Null(job.GitHub.Matrix);
    }

    [Fact]
    public void Every_process_and_step_of_the_samples_is_read()
    {
        var entries = new EntryList().Read(RunnerSamples.Log());
        Assert.Equal(RunnerSamples.Started.Select(start => start.Pid), entries.Of<ProcessStartedEntry>().Select(e => e.Pid));
        Assert.Equal(31, entries.Of<ProcessFinishedEntry>().Count);
        Assert.Equal(3, entries.Of<ProcessFinishedEntry>().Single(e => e.Pid == 18788).ExitCode);
        Assert.Equal(28, entries.Of<StepBegunEntry>().Count(e => !e.Embedded));
        Assert.Equal(2, entries.Of<StepSkippedEntry>().Count);
        Assert.Equal(23, Assert.Single(entries.Of<StepsCountedEntry>()).Count);
        Assert.Single(entries.Of<FailureIgnoredEntry>());
        Assert.Equal("Failed", Assert.Single(entries.Of<JobResultEntry>()).Result);
        Assert.Single(entries.Of<JobCompletedEntry>());
        Assert.Equal((0, 0, 0), (entries.Reader.Malformed, entries.Reader.Withheld, entries.Reader.Overlong));
        var tar = entries.Of<ProcessStartedEntry>()[0];
        Assert.Equal("/usr/bin/tar", tar.FileName);
        Assert.StartsWith("-xzf \"/home/runner/", tar.Arguments, StringComparison.Ordinal);
        Assert.Equal(16, new EntryList().Read(RunnerSamples.Log("Worker_container.log")).Of<ProcessFinishedEntry>().Count - 6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    [InlineData(4096)]
    public void Where_the_bytes_are_cut_does_not_matter(int piece)
    {
        var log = RunnerSamples.Log();
        var whole = new EntryList().Read(log);
        var pieces = new EntryList();
        for (var at = 0; at < log.Length; at += piece)
        {
            pieces.Read(log.AsSpan(at, Math.Min(piece, log.Length - at)));
        }

        Assert.Equal(whole.All.Where(e => e is not JobMessageEntry), pieces.All.Where(e => e is not JobMessageEntry));
        Assert.Single(pieces.Of<JobMessageEntry>());
    }

    [Fact]
    public void A_log_that_ends_anywhere_is_a_beginning_of_the_whole()
    {
        var log = RunnerSamples.Log("Worker_container.log");
        var whole = new EntryList().Read(log).All;
        for (var end = 0; end < log.Length; end += 97)
        {
            var part = new EntryList().Read(log.AsSpan(0, end)).All;
            Assert.True(part.Count <= whole.Count);
            Assert.Equal(whole.Take(part.Count).Select(e => e.GetType()), part.Select(e => e.GetType()));
        }
    }

    [Fact]
    public void A_new_file_goes_on_where_the_last_line_ended()
    {
        var log = RunnerSamples.Log();
        var entries = new EntryList();
        var half = log.AsSpan(0, log.Length / 2).LastIndexOf("\n["u8) + 1;
        entries.Read(log.AsSpan(0, half));
        entries.Reader.NextFile(entries);
        entries.Read(log.AsSpan(half));
        Assert.Equal(31, entries.Of<ProcessStartedEntry>().Count);
        Assert.Equal(0, entries.Reader.Malformed);
    }

    [Fact]
    public void A_matrix_and_a_masked_secret_are_read_as_they_stand()
    {
        var entries = new EntryList().Lines(
            "Worker|Job message:",
            """ {"jobDisplayName": "test (18, ***)", "steps": [], "contextData": {"matrix": {"t": 2, "d":""",
            """ [{"k": "node", "v": 18.0}, {"k": "os", "v": "***"}, {"k": "x", "v": {"t": 2}}]}}}""");
        var job = Assert.Single(entries.Of<JobMessageEntry>()).Job;
        Assert.Equal([new("node", "18.0"), new("os", "***")], job.GitHub.Matrix!);
    }

    [Theory]
    [InlineData("{]")]
    [InlineData("{\"steps\": 5}")]
    [InlineData("{\"steps\": [5, null, {\"reference\": []}]}")]
    [InlineData("{\"steps\": [{\"contextName\": \"\\ud800\"}]}")]
    [InlineData("{\"steps\": [{\"a\\ud800\": 1, \"reference\": 1}]}")]
    public void A_job_message_of_another_shape_is_counted_or_empty_and_never_thrown(string json)
    {
        var entries = new EntryList().Lines("Worker|Job message:", json, "Worker|Job completed.");
        Assert.Single(entries.Of<JobCompletedEntry>());
        Assert.Equal(1, entries.Of<JobMessageEntry>().Count + entries.Reader.Malformed);
    }

    [Fact]
    public void Telemetry_has_times_to_a_ten_millionth()
    {
        var end = new EntryList().Read(RunnerSamples.Log()).Of<StepTelemetryEntry>().Single(e => e.ContextName == "__run");
        Assert.Equal(("sh", "run", "Main", "succeeded", false), (end.Action, end.Type, end.Stage, end.Result, end.Embedded));
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 6, 57, 13, TimeSpan.Zero).AddTicks(9_519_511), end.Finished);
    }
}
