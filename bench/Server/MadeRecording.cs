using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Protocol.Recording;

namespace Sallyport.Bench.Server;

/// <summary>
/// A recording like a build's: processes that begin, run a program and end, most of the lines, and names, connections and files
/// beside them. What repeats and what is new in it is as a build has it, so that it packs as one does.
/// </summary>
internal static class MadeRecording
{
    private static readonly DateTimeOffset At = new(2026, 11, 26, 8, 0, 0, TimeSpan.Zero);

    private static readonly ImmutableArray<string> Programs =
        ["/usr/bin/cc1", "/usr/bin/as", "/usr/bin/ld", "/bin/sh", "/usr/bin/make", "/usr/bin/node", "/usr/bin/git", "/usr/bin/python3.11"];

    /// <summary>Events without end but the count, begun and ended as a recording is.</summary>
    /// <param name="number">Of the recording: connections differ by it.</param>
    /// <param name="count">Of the events.</param>
    public static IEnumerable<RecordedEvent> Events(int number, int count)
    {
        yield return new RecordingStarted(
            "0.1.0", At, "6.1.0", "x86_64", "audit", "observing", [], ["make", "-j8"], "/home/runner/work/site", "runner", [], null);
        yield return new StepStarted("s1", "Build", 1) { BootTimeNs = 1 };
        for (var i = 0; i < Programs.Length; i++)
        {
            yield return new ExecutableHashed($"x{i}", Programs[i], HashOf(i), 1 << 20) { BootTimeNs = 2 };
        }

        var written = Programs.Length + 2;
        for (var i = 1; written < count - 1; i++)
        {
            foreach (var recorded in Process(number, i))
            {
                if (written++ < count - 1)
                {
                    yield return recorded;
                }
            }
        }

        yield return new RecordingEnded(At.AddMinutes(5), 0, null) { BootTimeNs = 300_000_000_000 };
    }

    /// <summary>Hash of one of the programs.</summary>
    public static string HashOf(int program) => program.ToString("x2", CultureInfo.InvariantCulture).PadLeft(64, '5');

    private static IEnumerable<RecordedEvent> Process(int number, int i)
    {
        var (id, program, ns) = ($"p{i}", i % Programs.Length, i * 1_000_000L);
        yield return new ProcessForked(id, i > 1 ? $"p{i / 2}" : null, 1000 + i, "s1", null) { BootTimeNs = ns, Execution = 1 };
        yield return new ProcessExecuted(
            id, Programs[program],
            [Programs[program], "-quiet", "-O2", "-I", "include", $"src/module{i % 97}/file{i}.c", "-o", $"/tmp/cc{i * 7919 % 1_000_003:x}.s"],
            false, "/home/runner/work/site", 1000 + i, 1001, false, null, $"x{program}")
        { BootTimeNs = ns + 100, Execution = 1 };
        if (i % 5 == 0)
        {
            yield return new FileChanged($"/home/runner/work/site/out/file{i}.o", "written", false, null, null, null, false, 1, id, "s1", null)
            {
                BootTimeNs = ns + 200,
                Execution = 1,
            };
        }

        if (i % 20 == 0)
        {
            var (host, address) = ($"host{i % 211}.packages.example", $"198.51.100.{1 + (i % 200)}");
            yield return new NameAsked(host, "A", "198.51.100.53", "udp", RecordedVerdict.Allowed, 1, "rule", id, "s1", null)
            {
                BootTimeNs = ns + 300,
                Execution = 1,
            };
            yield return new ConnectionJudged(
                $"c{number:x}{i:x}", "tcp", address, 443, host, RecordedVerdict.Allowed, 1, "rule", "connect", id, "s1", null, 1)
            { BootTimeNs = ns + 400, Execution = 1 };
            yield return new ConnectionClosed($"c{number:x}{i:x}", 1200 + i, 88_000 + i) { BootTimeNs = ns + 500 };
        }

        yield return new ProcessExited(id, 0, null) { BootTimeNs = ns + 600 };
    }
}
