using System.Globalization;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Detection;
using Sallyport.Protocol.Recording;
using Xunit;

namespace Sallyport.Agent.Core.Tests.Detection;

/// <summary>A job that fills what detectors keep does not switch them off; where it fills a table all the same, that is told as a loss.</summary>
public sealed class DetectorBoundsTests : IEventSink<RecordedEvent>
{
    private const long Second = 1_000_000_000;

    private readonly Detectors detectors = new();
    private readonly List<FindingRaised> found = [];
    private readonly List<EventsLost> lost = [];
    private int next = 1;

    [Fact]
    public void A_sweep_is_found_after_thousands_of_commands_that_open_one_credential_each()
    {
        var shell = Fork(Fork(null));
        for (var i = 0; i < 5000; i++)
        {
            Open(Fork(shell), 1);
        }

        var thief = Fork(shell);
        Open(thief, 1);
        Open(Fork(thief), 2);
        Open(Fork(Fork(thief)), 7);
        Assert.Equal("aws, npm, ssh", Assert.Single(found).Evidence["credentials"]);
        AssertNothingLost();
    }

    /// <summary>Each opens from a process of its own, far below the command: deeper than any honest tree, and after its ancestors ended.</summary>
    [Fact]
    public void A_sweep_by_a_long_chain_of_processes_that_end_is_one_command()
    {
        var current = Fork(Fork(Fork(null)));
        for (uint family = 1; family <= 3; family++)
        {
            for (var i = 0; i < 300; i++)
            {
                var child = Fork(current);
                Exit(current);
                current = child;
            }

            Open(current, family);
        }

        Assert.Equal("aws, gcloud, ssh", Assert.Single(found).Evidence["credentials"]);
    }

    [Theory]
    [InlineData("gcc", 9000)]
    [InlineData("/home/u/bin/", 9000)]
    public void A_program_that_takes_itself_away_is_found_after_thousands_of_others_have_run(string others, int count)
    {
        var first = Fork(null);
        var payload = Fork(first);
        Run(payload, "/tmp/payload");
        var middle = Fork(payload);
        var daemon = Fork(middle); // goes on when those that it descends from have ended
        Exit(middle);
        Exit(payload);
        for (var i = 0; i < count; i++)
        {
            var process = Fork(first);
            Run(process, others.EndsWith('/') ? others + Text(i) : "/usr/bin/" + others);
            Exit(process);
        }

        var remover = Fork(daemon);
        Run(remover, "/bin/rm");
        Change(remover, "/tmp/payload", "removed");
        var finding = Assert.Single(found);
        Assert.Equal(("program-removed-itself", payload), (finding.Finding, finding.Process));
        AssertNothingLost();
    }

    /// <summary>The shell's last command takes its place: <c>exec rm "$0"</c>.</summary>
    [Fact]
    public void A_process_that_becomes_the_one_that_removes_its_program_is_found()
    {
        var payload = Fork(Fork(null));
        Run(payload, "/bin/sh", "sh", "/tmp/payload");
        Run(payload, "/bin/rm");
        Change(payload, "/tmp/payload", "removed");
        Assert.Equal(payload, Assert.Single(found).Process);
    }

    [Fact]
    public void Who_is_too_far_below_to_be_told_is_a_loss()
    {
        var payload = Fork(Fork(null));
        Run(payload, "/tmp/payload");
        var current = payload;
        for (var i = 0; i < Lineage.Generations; i++)
        {
            current = Fork(current);
        }

        Change(current, "/tmp/payload", "removed");
        Assert.Empty(found);
        AssertLost(1);
    }

    [Fact]
    public void A_process_that_runs_very_many_programs_in_turn_is_a_loss()
    {
        var process = Fork(Fork(null));
        for (var i = 0; i <= Lineage.MostPrograms; i++)
        {
            Run(process, "/tmp/" + Text(i));
        }

        AssertLost(1);
    }

    [Fact]
    public void A_dropped_program_is_found_though_much_was_fetched_and_run_since()
    {
        var first = Fork(null);
        var curl = Fork(first);
        Connect(curl);
        Change(curl, "/tmp/payload", "created");
        Exit(curl);
        for (var i = 0; i < 9000; i++)
        {
            var process = Fork(first);
            Connect(process);
            Change(process, "/home/u/.cache/" + Text(i), "created");
            Exit(process);
        }

        Run(Fork(first), "/tmp/payload");
        Assert.Equal("dropped-program-run", Assert.Single(found).Finding);
        AssertNothingLost();
    }

    /// <summary>Who wrote a program is told a moment after it began: of one that is forgotten by then nothing is found.</summary>
    [Fact]
    public void Very_many_programs_that_begin_at_once_are_a_loss()
    {
        var first = Fork(null);
        for (var i = 0; i <= DroppedProgramDetector.MostRun; i++)
        {
            var process = Fork(first);
            Run(process, "/home/u/" + Text(i));
            Exit(process);
        }

        AssertLost(1);
    }

    /// <summary>A tree as large as the table, whose processes have all ended: what goes is told where somebody still descends from it.</summary>
    [Fact]
    public void Ancestors_that_have_to_go_while_their_children_live_are_a_loss()
    {
        var current = Fork(null);
        for (var i = 1; i < Lineage.Capacity; i++)
        {
            var child = Fork(current);
            Exit(current);
            current = child;
        }

        AssertNothingLost();
        _ = Fork(current);
        AssertLost(1);
    }

    [Fact]
    public void Processes_past_the_table_are_a_loss()
    {
        var first = Fork(null);
        for (var i = 1; i < Lineage.Capacity; i++)
        {
            _ = Fork(first);
        }

        AssertNothingLost();
        _ = Fork(first);
        AssertLost(1);
    }

    [Fact]
    public void Zones_past_the_table_of_encoded_names_are_a_loss()
    {
        for (var i = 0; i <= EncodedNamesDetector.MostZones; i++)
        {
            Ask($"a1b2c3d4e5f6g7h8i9j0a1b2c3d4e5f6g7h8i9j0.zone{Text(i)}.test");
        }

        Assert.Empty(found);
        AssertLost(1);
    }

    [Fact]
    public void Zones_past_the_table_of_many_names_are_a_loss()
    {
        for (var i = 0; i <= ManyNamesDetector.MostZones; i++)
        {
            Ask($"www.zone{Text(i)}.test");
        }

        AssertLost(1);
    }

    [Fact]
    public void Wildcards_past_the_table_of_many_names_are_a_loss()
    {
        Start([.. Enumerable.Range(0, ManyNamesDetector.MostRules + 1).Select(i => new RecordedRule(i, $"*.zone{Text(i)}.test:443", "--allow"))]);
        for (var i = 0; i <= ManyNamesDetector.MostRules; i++)
        {
            Ask($"www.zone{Text(i)}.test", i);
        }

        AssertLost(1);
    }

    [Fact]
    public void Sources_changed_by_more_processes_than_the_table_holds_are_a_loss()
    {
        for (var i = 0; i <= SourceTamperedDetector.MostProcesses; i++)
        {
            Accept(new FileChanged("/src/main.c", "written", true, "before", "after", null, false, 1, "p" + Text(i), null, null), 1);
        }

        Assert.Equal(SourceTamperedDetector.MostProcesses, found.Count);
        AssertLost(1);
    }

    [Fact]
    public void Runners_registered_past_the_table_are_a_loss()
    {
        for (var i = 0; i <= RogueRunnerDetector.MostFiles; i++)
        {
            Change("p1", $"/work/{Text(i)}/.runner", "created");
        }

        AssertLost(1);
    }

    [Fact]
    public void Of_very_many_that_are_left_running_the_number_is_told()
    {
        Accept(new ExecutionAssigned("build", null, 0, null, null, true, "test") { Execution = 3 }, 1);
        var first = Fork(null, 3);
        for (var i = 0; i < 20; i++)
        {
            _ = Fork(first, 3);
        }

        Exit(first);
        Accept(new StepEnded("build", "success"), Second);
        Ask("www.allowed.test", 0, 3 * Second);
        Assert.Equal(LeftRunningDetector.MostOfStep + 1, found.Count);
        Assert.Equal("4", found[^1].Evidence["more"]);
        AssertNothingLost();
    }

    [Fact]
    public void Executions_past_the_tables_are_a_loss()
    {
        // Of each: whose step it is, where it can ask for an identity, and whether a client of containers began it.
        for (uint i = 1; i <= LeftRunningDetector.MostExecutions + 1; i++)
        {
            Accept(new ExecutionAssigned("build", null, 0, null, null, true, "test", "token.test") { Execution = i }, 1);
            Accept(new ProcessExecuted("p1", "/bin/sh", ["sh"], false, "/", 3, 0, false, null) { Execution = i }, 1);
        }

        AssertLost(3);
    }

    void IEventSink<RecordedEvent>.Accept(RecordedEvent value)
    {
        switch (value)
        {
            case FindingRaised finding:
                found.Add(finding);
                break;
            case EventsLost loss:
                lost.Add(loss);
                break;
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private void Start(RecordedRule[] rules) => Accept(
        new RecordingStarted("0.0.0", DateTimeOffset.UnixEpoch, "6.18", "x86_64", "audit", "observing", [], ["true"], "/work", "root", [.. rules], null), 1);

    private string Fork(string? parent, uint execution = 1)
    {
        var process = "p" + Text(next++);
        Accept(new ProcessForked(process, parent, next, null, null) { Execution = execution }, 1);
        return process;
    }

    private void Run(string process, string exe, params string[] argv) =>
        Accept(new ProcessExecuted(process, exe, [.. argv], false, "/", 3, 0, false, null), 1);

    private void Exit(string process) => Accept(new ProcessExited(process, 0, null), 1);

    private void Open(string process, uint family) => Accept(
        new IntrusionSeen("credential-opened", null, null, 0, null, null, family, false, 1, process, null, null), 1);

    private void Connect(string process) => Accept(
        new ConnectionJudged("c" + process, "tcp", "198.51.100.66", 443, null, RecordedVerdict.Observed, null, "no-rule", "connect", process, null, null, 1), 1);

    private void Change(string process, string path, string change) =>
        Accept(new FileChanged(path, change, false, null, null, null, false, 1, process, null, null), 1);

    private void Ask(string name, int? rule = null, long bootNs = 1) => Accept(
        new NameAsked(name, "A", "198.51.100.53", "udp", RecordedVerdict.Observed, rule, "name", "p1", null, null), bootNs);

    private void Accept(RecordedEvent value, long bootNs) => detectors.Accept(value with { BootTimeNs = bootNs }, this);

    private void AssertNothingLost()
    {
        detectors.WriteLosses(1, this);
        Assert.Empty(lost);
    }

    private void AssertLost(long count)
    {
        detectors.WriteLosses(1, this);
        detectors.WriteLosses(2, this); // each is told once
        Assert.Equal(("detector-table", count), Assert.Single(lost) is var only ? (only.Reason, only.Count) : default);
    }
}
