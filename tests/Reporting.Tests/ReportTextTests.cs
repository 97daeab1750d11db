using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using Sallyport.Protocol.Recording;
using Sallyport.Reporting;
using Xunit;

namespace Sallyport.Reporting.Tests;

/// <summary>Rows are bounded by number; a line of a recording has half a mebibyte, and a server folds what others sent.</summary>
public sealed class ReportTextTests
{
    private const int Characters = 60_000;
    private const int Events = 100;
    private const int Budget = 1 << 20;

    private const int Fitting = Budget / (sizeof(char) * Characters);

    public static TheoryData<string> Kinds =>
    [
        "arguments", "paths of one process", "ids of processes", "parents", "hashes", "destinations", "open flows", "presented names", "questions",
        "answers", "addresses", "evidence", "files", "targets of a link", "containers", "images", "steps", "ends of steps", "executions", "early steps", "rules", "losses",
    ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Long_texts_are_not_kept_and_counted(string kind)
    {
        var builder = new ReportBuilder(new ReportLimits(TextBytes: Budget));
        var texts = Accept(builder, kind);
        GC.Collect();
        var kept = texts.Count(text => text.IsAlive);
        Assert.InRange(kept, 0, Fitting);
        Assert.InRange(builder.TextBytes, 0, Budget);
        var lost = builder.Build(isRunning: true).Losses;
        Assert.InRange(kind == "losses" ? lost["other"] : lost["report-text"], Events - Fitting, Events);
    }

    /// <summary>What has ended makes room, and what is refused has some of its own.</summary>
    [Fact]
    public void Long_texts_of_a_flood_hide_neither_a_refusal_nor_what_comes_after()
    {
        var builder = new ReportBuilder(new ReportLimits(Processes: 100, TextBytes: Budget));
        var job = new ScriptedJob();
        job.Begin("block", ["x"]);
        var parent = job.Run(null, "/bin/parent", "parent");
        for (var i = 0; i < Events; i++)
        {
            job.Exit(job.Run(parent, "/bin/true", Text(i)));
        }

        job.Run(parent, "/bin/late", "late");
        for (var i = 0; i < Events; i++)
        {
            job.Ask(parent, Text(i), ["198.51.100.1"], RecordedVerdict.Allowed);
        }

        job.Connect(parent, null, "198.51.100.66", 443, RecordedVerdict.Refused);
        foreach (var recorded in job.Events)
        {
            builder.Accept(recorded);
        }

        var report = builder.Build(isRunning: true);
        Assert.Contains(report.Processes, process => process.Exe == "/bin/late" && process.Argv.SequenceEqual(["late"]));
        Assert.Contains(report.Connections, row => row is { Verdict: RecordedVerdict.Refused, Address: "198.51.100.66" });
        Assert.True(report.Losses["report-text"] > 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference> Accept(ReportBuilder builder, string kind)
    {
        var texts = new List<WeakReference>(Events);
        for (var i = 0; i < Events; i++)
        {
            var text = Text(i);
            texts.Add(new WeakReference(text));
            if (kind == "ends of steps")
            {
                builder.Accept(new StepStarted(string.Create(CultureInfo.InvariantCulture, $"p{i}"), "a step", i));
            }

            builder.Accept(Make(kind, text, i));
        }

        return texts;
    }

    private static string Text(int i) => string.Create(CultureInfo.InvariantCulture, $"{i:d6}{new string('a', Characters - 6)}");

    private static RecordedEvent Make(string kind, string text, int i)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"p{i}");
        return kind switch
        {
            "arguments" => new ProcessExecuted(id, "/bin/x", ["x", text], false, "/", i, 0, false, null),
            "paths of one process" => new ProcessExecuted("p", text, [], false, "/", 1, 0, false, null),
            "ids of processes" => new ProcessForked(text, null, i, null, null),
            "parents" => new ProcessForked(id, text, i, null, null),
            "hashes" => new ExecutableHashed(text, "/bin/x", "", 1),
            "destinations" => new ConnectionJudged(
                id, "tcp", "198.51.100.1", 443, text, RecordedVerdict.Refused, null, "no-rule", "connect", null, null, null, 1),
            "open flows" => new ConnectionJudged(
                text, "tcp", "198.51.100.1", 443, null, RecordedVerdict.Allowed, null, "rule", "connect", null, null, null, 1),
            "presented names" => new FlowNamed(
                id, "sni", text, null, "198.51.100.1", i, RecordedVerdict.Observed, null, "no-rule", null, null, null),
            "questions" => new NameAsked(text, "A", "198.51.100.1", "udp", RecordedVerdict.Refused, null, "no-rule", null, null, null),
            "answers" => new NameResolved(text, ["198.51.100.1"], 0, 1),
            "addresses" => new NameResolved("a.test", [text], 0, 1),
            "evidence" => new FindingRaised(
                "source-tampered", "a title", "high", "reported", ImmutableDictionary<string, string>.Empty.Add("file", text), null, null),
            "files" => new FileChanged(text, "created", false, null, null, null, false, 1, null, null, null),
            "targets of a link" => new FileChanged(id, "created", true, null, null, null, false, 1, null, null, null) { Target = text },
            "containers" => new ContainerStarted(text, null, null, null, false),
            "images" => new ContainerStarted(id, null, text, null, false),
            "steps" => new StepStarted(id, text, i),
            "ends of steps" => new StepEnded(id, text),
            "executions" => new ExecutionAssigned("s", null, i, text, null, true, "guid") { Execution = (uint)i + 1 },
            "early steps" => new NameAsked("a.test", "A", "198.51.100.1", "udp", RecordedVerdict.Allowed, null, "rule", null, text, null)
            {
                Execution = (uint)i + 1,
            },
            "rules" => new PolicyChanged("block", "block", [new RecordedRule(i, text, "f:1")], null),
            _ => new EventsLost(text, 1),
        };
    }
}
