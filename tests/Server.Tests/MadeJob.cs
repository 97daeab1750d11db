using Sallyport.Protocol.Recording;

namespace Sallyport.Server.Tests;

/// <summary>Events of a job as a test wants them: one program with a hash, that asks, connects and writes.</summary>
internal sealed record MadeJob(string Sha256, string Host, string Address, string Path, string Exe = "/usr/bin/curl")
{
    private static readonly DateTimeOffset At = new(2026, 11, 26, 8, 0, 0, TimeSpan.Zero);

    public IEnumerable<RecordedEvent> Events()
    {
        yield return new RecordingStarted(
            "0.1.0", At, "6.1.0", "x86_64", "audit", "observing", [], ["sh", "-c", "make"], "/work", "runner", [], null) { BootTimeNs = 1 };
        yield return new StepStarted("s1", "Build the site", 1) { BootTimeNs = 2 };
        yield return new ProcessForked("p1", null, 100, null, null) { BootTimeNs = 3, Execution = 1 };
        yield return new ProcessExecuted("p1", Exe, [Exe, "-O", $"https://{Host}/x\u0001<b>'"], false, "/work", 100, 1000, false, null, "x1")
        {
            BootTimeNs = 4,
            Execution = 1,
        };
        // The step and the hash are known later than what they are of.
        yield return new ExecutableHashed("x1", Exe, Sha256, 1234) { BootTimeNs = 5 };
        yield return new NameAsked(Host, "A", "198.51.100.53", "udp", RecordedVerdict.Allowed, null, "rule", "p1", null, null)
        {
            BootTimeNs = 6,
            Execution = 1,
        };
        yield return new ConnectionJudged(
            "c1", "tcp", Address, 443, Host, RecordedVerdict.Refused, null, "no-rule", "connect", "p1", null, null, 3)
        {
            BootTimeNs = 1_000_000_007,
            Execution = 1,
        };
        yield return new FileChanged(Path, "written", false, null, null, null, false, 1, "p1", null, null)
        {
            BootTimeNs = 1_000_000_008,
            Execution = 1,
        };
        yield return new ExecutionAssigned("s1", "p1", 100, null, null, true, "identity-and-log") { BootTimeNs = 1_000_000_009, Execution = 1 };
        yield return new StepEnded("s1", "success") { BootTimeNs = 1_000_000_010 };
        yield return new RecordingEnded(At.AddSeconds(2), 0, null) { BootTimeNs = 2_000_000_000 };
    }
}
