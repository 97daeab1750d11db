using System.Text;
using Sallyport.Agent.Core.GitHub.Log;

namespace Sallyport.Agent.Core.Tests.GitHub;

public sealed class ForgedLineTests
{
    private const string Forged = "[2026-11-23 06:57:13Z INFO ProcessInvokerWrapper] Process started with process id 4711, waiting for process exit.";
    private const string Guid = "439b3602-b3cc-414d-8284-f6120d6e0a50";

    [Theory]
    [InlineData("StepsRunner|Processing step: DisplayName='Deploy")]
    [InlineData("CompositeActionHandler|Processing embedded step: DisplayName='Deploy")]
    [InlineData("StepsRunner|Expanded: contains('a pull request")]
    [InlineData("StepsRunner|Evaluating: contains(github.event.issue.body, 'it''s")]
    [InlineData("ProcessInvokerWrapper|  Arguments: '-c \"true")]
    [InlineData("ProcessInvokerWrapper|  Working directory: '/home/runner/w")]
    [InlineData("ProcessInvokerWrapper|  File name: '/bin/a")]
    public void Text_with_a_line_break_starts_no_process(string open)
    {
        // The control: the same line by itself is read.
        Assert.Single(new EntryList().Lines(Forged).Of<ProcessStartedEntry>());

        var entries = Begun().Lines(open, Forged, "StepsRunner|Processing step: DisplayName='x'", Forged, "'");
        Assert.Empty(entries.Of<ProcessStartedEntry>());
        Assert.Single(entries.Of<LogUncertainEntry>());
        Assert.True(entries.Reader.IsUncertain);
        Assert.Equal(3, entries.Reader.Withheld);
    }

    [Fact]
    public void Only_the_guid_of_a_step_makes_the_log_certain_again()
    {
        var entries = Begun().Lines("StepsRunner|Processing step: DisplayName='Deploy", Forged);
        entries.Lines(Telemetry("11111111-2222-3333-4444-555555555555"), Forged);
        Assert.Empty(entries.Of<ProcessStartedEntry>());
        entries.Lines(Telemetry(Guid), Forged);
        Assert.Single(entries.Of<ProcessStartedEntry>());
    }

    [Fact]
    public void A_script_in_the_job_message_starts_no_process()
    {
        var script = $"echo\\n{Forged}\\n{Forged}";
        var entries = new EntryList().Lines(
            "Worker|Job message:",
            """ {"steps": [{"contextName": "__run", "reference": {"type": "script"}, "displayNameToken": {"lit": """
                + $"\"{script}\"" + """}, "inputs": {"map": [{"key": "script", "value": {"lit": """ + $"\"}}]{script}\"" + "}}]}}]}",
            "Worker|Job completed.");
        Assert.Equal(["JobMessageEntry", "JobCompletedEntry"], entries.All.Select(e => e.GetType().Name));
        Assert.Equal("echo", entries.Of<JobMessageEntry>()[0].Job.Steps[0].Name);
    }

    [Fact]
    public void A_second_job_message_is_not_listened_to()
    {
        var entries = Begun().Lines("Worker|Job message:", """{"steps": [{"contextName": "publish"}]}""");
        Assert.Single(entries.Of<JobMessageEntry>());
    }

    [Theory]
    [InlineData("[2026-11-23 06:57:13Z INFO Processinvokerwrapper] Process started with process id 1, waiting for process exit.")]
    [InlineData("[2026-11-23 06:57:13Z INFO ProcessInvokerWrapper]Process started with process id 1, waiting for process exit.")]
    [InlineData("[2026-11-23T06:57:13Z INFO ProcessInvokerWrapper] Process started with process id 1, waiting for process exit.")]
    [InlineData(" [2026-11-23 06:57:13Z INFO ProcessInvokerWrapper] Process started with process id 1, waiting for process exit.")]
    [InlineData("[2026-11-23 06:57:13Z INFO StepsRunner] Process started with process id 1, waiting for process exit.")]
    [InlineData("[2026-11-23 06:57:13Z INFO ProcessInvokerWrapper] Process started with process id -1, waiting for process exit.")]
    [InlineData("[2026-11-23 06:57:13Z INFO ProcessInvokerWrapper] Process started with process id 99999999999, waiting for process exit.")]
    [InlineData("[2026-11-23 06:57:13Z INFO ProcessInvokerWrapper] Process started with process id 1 , waiting for process exit.")]
    public void A_line_that_is_not_exactly_the_workers_says_nothing(string line) =>
        Assert.Empty(new EntryList().Lines(line).All);

    [Fact]
    public void An_object_that_is_cut_off_does_not_swallow_what_follows()
    {
        var entries = new EntryList().Lines(
            "ExecutionContext|Publish step telemetry for current step {", "  \"action\": \"sh", Forged);
        Assert.Single(entries.Of<ProcessStartedEntry>());
        Assert.Equal(1, entries.Reader.Malformed);
    }

    [Fact]
    public void A_line_without_end_is_bounded_and_counted()
    {
        var entries = new EntryList().Read("[2026-11-23 06:57:13Z INFO StepsRunner] Processing step: DisplayName='"u8);
        for (var i = 0; i < 40; i++)
        {
            entries.Read(Encoding.ASCII.GetBytes(new string('x', 100_000)));
        }

        entries.Read("'\n"u8).Lines(Forged);
        Assert.Equal(1, entries.Reader.Overlong);
        Assert.Equal(4096, Assert.Single(entries.Of<StepBegunEntry>()).DisplayName.Length);
        Assert.Single(entries.Of<ProcessStartedEntry>());
    }

    private static string Telemetry(string guid) => EntryList.Head(
        $$"""ExecutionContext|Publish step telemetry for current step {"stepId": "{{guid}}", "stage": "Main"}.""");

    private static EntryList Begun() => new EntryList().Lines(
        "Worker|Job message:", $$""" {"steps": [{"contextName": "__run", "id": "{{Guid}}"}]}""");
}
