using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Protocol.Recording;

namespace Sallyport.Reporting.Tests;

/// <summary>Writes the events of a made-up job, with a clock of its own: the same bytes every time.</summary>
internal sealed class ScriptedJob
{
    public const string Resolver = "198.51.100.53";

    private static readonly DateTimeOffset Start = new(2026, 11, 23, 7, 12, 9, TimeSpan.Zero);

    private readonly List<RecordedEvent> events = [];
    private long bootNs = 81_000_000_000;
    private int processes;
    private int connections;

    public IReadOnlyList<RecordedEvent> Events => events;

    public string? Step { get; set; }

    public string? Container { get; set; }

    /// <summary>What is seen of files, as <see cref="RecordingStarted.Files"/>; to be set before <see cref="Begin"/>.</summary>
    public string? Files { get; set; }

    public void Wait(double milliseconds) => bootNs += (long)(milliseconds * 1_000_000);

    /// <summary>What the events of processes carry; 0 without a runner.</summary>
    public uint Execution { get; set; }

    public void Add(RecordedEvent recorded) => events.Add(recorded with
    {
        BootTimeNs = bootNs += 137_000,
        Execution = recorded is ConnectionJudged or FlowNamed or NameAsked or ProcessForked or FindingRaised or ContainerStarted
            ? Execution
            : recorded.Execution,
    });

    public void Begin(string mode, string[] command, params (string Text, string Origin)[] rules) =>
        Add(new RecordingStarted(
            "0.1.0", Start, "6.18.0-cloud-amd64", "x86_64", mode, mode == "block" ? "enforcing" : "observing", [],
            [.. command], "/home/runner/shop", "runner",
            [.. rules.Select((rule, i) => new RecordedRule(i, rule.Text, rule.Origin))],
            rules.Length > 0 ? ".sallyport.yml" : null, Files));

    public string Run(string? parent, string exe, params string[] argv)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"p{++processes}");
        Add(new ProcessForked(id, parent, 4200 + processes, Step, Container));
        Exec(id, exe, argv);
        return id;
    }

    public void Exec(string process, string exe, params string[] argv) => Add(new ProcessExecuted(
        process, exe, [.. argv], false, "/home/runner/shop", 4200 + int.Parse(process[1..], CultureInfo.InvariantCulture),
        1001, exe.StartsWith("/memfd:", StringComparison.Ordinal), Container));

    public void Exit(string process, int code = 0) => Add(new ProcessExited(process, code, null));

    public void Ask(string process, string name, string[] addresses, RecordedVerdict verdict, int? rule = null, string? reason = null)
    {
        Add(new NameAsked(
            name, "A", Resolver, "udp", verdict, rule, reason ?? (rule is null ? "no-rule" : "rule"), process, Step, Container));
        if (verdict != RecordedVerdict.Refused)
        {
            Add(new NameResolved(name, [.. addresses], 0, 300));
        }
    }

    public string Connect(
        string process, string? name, string address, int port, RecordedVerdict verdict, int? rule = null,
        string? reason = null, string protocol = "tcp", long count = 1)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"c{0x1000 + ++connections:x}");
        Add(new ConnectionJudged(
            id, protocol, address, port, name, verdict, rule, reason ?? (rule is null ? "no-rule" : "rule"), "connect", process,
            Step, Container, count));
        return id;
    }

    public void Say(string process, string connection, string said, string? leased, string address, RecordedVerdict verdict, int? rule) =>
        Add(new FlowNamed(
            connection, "sni", said, leased, address, 443, verdict, rule, verdict == RecordedVerdict.Allowed ? "rule" : "name", process,
            Step, Container));

    public void Close(string connection, long bytesOut, long bytesIn) => Add(new ConnectionClosed(connection, bytesOut, bytesIn));

    public void Change(string process, string path, string change = "created", long count = 1, string? target = null) => Add(new FileChanged(
        path, change, false, null, null, null, false, count, process, Step, Container) { Target = target });

    /// <summary>As the agent tells of it: the row, and the finding of the detector.</summary>
    public void Tamper(string? process, string path, string change, string before, string? after, string? difference, bool putBack = false)
    {
        Add(new FileChanged(path, change, true, before, after, difference, putBack, 1, process, Step, Container));
        (string, string)[] facts =
        [
            ("file", path), ("how", change), ("before", before), ("after", after ?? "not caught: it was put back"),
            .. putBack ? [("putBack", "yes: when we looked again it was as before")] : Array.Empty<(string, string)>(),
            .. difference is null ? Array.Empty<(string, string)>() : [("difference", difference)],
        ];
        Find("source-tampered", $"A file that git tracks was changed by a program other than git: {path}", "high", process!, facts);
    }

    public void Find(string finding, string title, string severity, string process, params (string Name, string Fact)[] evidence) =>
        Add(new FindingRaised(
            finding, title, severity, "reported", evidence.ToImmutableDictionary(e => e.Name, e => e.Fact), process, Step));

    public void BeginStep(string id, string name, int number)
    {
        Step = id;
        Add(new StepStarted(id, name, number));
    }

    public void EndStep(string conclusion)
    {
        Add(new StepEnded(Step!, conclusion));
        Step = null;
    }

    public void End(int exitCode) => Add(new RecordingEnded(Start.AddTicks((bootNs - 81_000_000_000) / 100), exitCode, null));

    /// <summary>The recording's bytes; a frame ends after each of these events, counted from 1.</summary>
    public byte[] Record(params int[] sealAfter)
    {
        using var stream = new MemoryStream();
        using (var writer = new RecordingWriter(stream))
        {
            for (var i = 0; i < events.Count; i++)
            {
                writer.Write(events[i]);
                if (sealAfter.Contains(i + 1))
                {
                    writer.Seal();
                }
            }
        }

        return stream.ToArray();
    }
}
