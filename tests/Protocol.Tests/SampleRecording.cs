using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Protocol.Recording;

namespace Sallyport.Protocol.Tests;

/// <summary>Small recordings to break.</summary>
internal static class SampleRecording
{
    public static IReadOnlyList<RecordedEvent> OneOfEach { get; } =
    [
        new RecordingStarted(
            "0.1.0", DateTimeOffset.UnixEpoch, "6.18", "x86_64", "block", "enforcing", ["no uplink"], ["make"], "/src", "me",
            [new RecordedRule(3, "github.com:443", "--allow")], null) { BootTimeNs = 5 },
        new StepStarted("s", "Build", 1) { BootTimeNs = 6 },
        new ProcessForked("p1", null, 40, "s", null) { BootTimeNs = 7 },
        new ProcessExecuted("p1", "/bin/sh", ["sh", "-c", "é\u202e\n"], true, "/", 40, 0, true, "c1") { BootTimeNs = 8 },
        new ContainerStarted("c1", "n", "i", null, true) { BootTimeNs = 9 },
        new NameAsked("a.test", "A", "198.51.100.1", "udp", RecordedVerdict.Observed, null, "no-rule", "p1", null, null) { BootTimeNs = 10 },
        new NameResolved("a.test", ["198.51.100.2"], 1, 60) { BootTimeNs = 11 },
        new ConnectionJudged(
            "c1f", "tcp", "198.51.100.2", 443, "a.test", RecordedVerdict.Refused, 3, "port", "connect", "p1", "s", "c1", 2) { BootTimeNs = 12 },
        new FlowNamed("c1f", "sni", "b.test", "a.test", "198.51.100.2", 443, RecordedVerdict.Allowed, 3, "rule", null, null, null) { BootTimeNs = 13 },
        new ConnectionClosed("c1f", 1, 2) { BootTimeNs = 14 },
        new FindingRaised(
            "f", "t", "low", "reported", ImmutableDictionary<string, string>.Empty.Add("b", "2").Add("a", "1"), null, null) { BootTimeNs = 15 },
        new EventsLost("event-ring", 7) { BootTimeNs = 16 },
        new ProcessExited("p1", null, 9) { BootTimeNs = 17 },
        new FileChanged("/a", "linked", false, null, null, null, false, 1, "p1", null, null) { BootTimeNs = 17, Target = "/b" },
        new EnvironmentSet("set_env_1", "LD_PRELOAD", null, "code", null, "p1", "s", null) { BootTimeNs = 17 },
        new StepEnded("s", "failure") { BootTimeNs = 18 },
        new RecordingEnded(DateTimeOffset.UnixEpoch, 1, null) { BootTimeNs = 19 },
    ];

    public static byte[] Write(IEnumerable<RecordedEvent> events, int sealEvery = int.MaxValue)
    {
        using var stream = new MemoryStream();
        using (var writer = new RecordingWriter(stream))
        {
            foreach (var recorded in events)
            {
                writer.Write(recorded);
                if (writer.Events % sealEvery == 0)
                {
                    writer.Seal();
                }
            }
        }

        return stream.ToArray();
    }

    public static (List<RecordedEvent> Events, RecordingIntegrity Integrity) Read(byte[] bytes, RecordingLimits? limits = null)
    {
        using var stream = new MemoryStream(bytes);
        using var reader = new RecordingReader(stream, limits);
        var events = new List<RecordedEvent>();
        while (reader.TryRead(out var recorded))
        {
            events.Add(recorded);
        }

        return (events, reader.Integrity!);
    }

    public static IEnumerable<RecordedEvent> Many(int count)
    {
        yield return OneOfEach[0];
        for (var i = 0; i < count; i++)
        {
            yield return new ProcessForked(string.Create(CultureInfo.InvariantCulture, $"p{i}"), "p0", i, null, null) { BootTimeNs = 20 + i };
        }

        yield return OneOfEach[^1];
    }
}
