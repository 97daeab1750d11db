using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Sallyport.Lab.Reports;

namespace Sallyport.Kernel.Tests;

/// <summary>
/// What the classes below share: a laboratory, a canary, and the two questions that are asked of every technique. The
/// exit code 3 of an attack program means that this kernel has no such thing, which skips.
/// </summary>
public abstract partial class KernelTest(LabFixture fixture)
{
    private const int KernelLacksIt = 3;

    /// <summary>A secret that is in nothing else: valid as a DNS label, and different in every test.</summary>
    protected string Canary { get; } = $"canary{Guid.NewGuid():N}"[..24];

    protected LabNetwork Lab => fixture.Lab;

    protected static string Program(string name) => LabNetwork.Program(name);

    private protected static LabCommand Command(params string[] arguments) => new() { Arguments = [.. arguments] };

    /// <summary>Lines of a shell, each of which must succeed for the next one to run.</summary>
    private protected static LabCommand Script(params string[] lines) =>
        Command("/bin/sh", "-ec", string.Join('\n', lines));

    /// <summary>An entry of a policy for one address and port.</summary>
    private protected static string At(string scheme, string address, string port) =>
        address.Contains(':', StringComparison.Ordinal) ? $"{scheme}://[{address}]:{port}" : $"{scheme}://{address}:{port}";

    /// <summary>A packet that a program of the job writes to a tun device, and that the machine forwards.</summary>
    private protected Attack PacketFromATun() => PacketFromATun($"tun 10.77.0.2 {Attacker} 5300 {Canary}") with
    {
        Arrived = null,
        Row = Row.Connection("udp", 5300, Attacker),
        Silent = (Attacker, 5300),
    };

    /// <summary>Written by <c>raw</c> in that shape.</summary>
    private protected Attack PacketFromATun(string shape) => new()
    {
        Command = Script(
            "echo 1 > /proc/sys/net/ipv4/ip_forward",
            "echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter",
            "echo 0 > /proc/sys/net/ipv4/conf/default/rp_filter",
            $"exec {Program("raw")} {shape}"),
        Arrived = run => run.Traffic.PacketsTo(Attacker) > 0,
        Row = Row.Either(Row.Connection("udp", 0, Attacker), Row.Connection("tcp", 0, Attacker)),
        Reasons = ["no-rule"],
        Exe = null,
        Silent = (Attacker, 0),
    };

    /// <summary>
    /// Off: it works here and the world counts it. Audit: it works, and the report names it and who did it. Block:
    /// when the control has been seen in this laboratory, nothing arrives, and the report says so with the reason.
    /// </summary>
    /// <returns>The run in the mode that was asked for.</returns>
    private protected async Task<LabRun> ProveAsync(LabMode mode, Attack attack)
    {
        LabRun? last = null;
        var name = TestContext.Current.Test?.TestDisplayName.Replace($"mode: {mode}", "", StringComparison.Ordinal) ?? Canary;
        if (mode == LabMode.Off || (mode == LabMode.Block && !fixture.Controls.Contains(name)))
        {
            var control = last = await Lab.RunAsync(LabMode.Off, attack.Command);
            Assert.SkipWhen(
                control.Process.ExitCode == KernelLacksIt, $"this kernel lacks it: {control.Process.Errors.Trim()}");
            Assert.True(HasArrived(attack, control), $"The attack does not work with the agent off.\n{control}");
            _ = fixture.Controls.Add(name);
        }

        if (mode == LabMode.Audit)
        {
            var run = last = await Lab.RunAsync(LabMode.Audit, attack.Command);
            Assert.SkipWhen(
                run.Process.ExitCode == KernelLacksIt, $"this kernel lacks it: {run.Process.Errors.Trim()}");
            Assert.True(HasArrived(attack, run), $"Audit mode changed the outcome.\n{run}");
            AssertReported(attack, run, "observed");
        }

        if (mode == LabMode.Block)
        {
            var run = last = await BlockedAsync(attack);
            for (var again = 0; again < 2 && run.Process.Elapsed >= attack.AnswersWithin; again++)
            {
                run = last = await BlockedAsync(attack); // who waits does so each time; the machine is not busy each time
            }

            if (attack.AnswersWithin is { } limit)
            {
                Assert.True(run.Process.Elapsed < limit, $"The client waited longer than {limit}.\n{run}");
            }

            Assert.True(
                attack.Told is null || run.Process.Errors.Contains(attack.Told, StringComparison.Ordinal),
                $"The client was not told {attack.Told}.\n{run}");
            AssertReported(attack, run, "refused");
        }

        return last ?? throw new ArgumentOutOfRangeException(nameof(mode), mode, "No such mode.");
    }

    /// <summary>In block mode nothing of it arrives.</summary>
    private async Task<LabRun> BlockedAsync(Attack attack)
    {
        var run = await Lab.RunAsync(LabMode.Block, attack.Command);
        Assert.False(HasArrived(attack, run), $"The canary arrived in block mode.\n{run}");
        if (attack.Silent is { } silent)
        {
            Assert.True(
                run.Traffic.PacketsTo(silent.Address, silent.Port) == 0, $"Packets reached {silent.Address}:{silent.Port}.\n{run}");
        }

        return run;
    }

    /// <summary>Honest traffic: succeeds with the agent off and in block mode, and nothing is reported as refused.
    /// </summary>
    private protected async Task<LabRun> PassAsync(LabCommand command)
    {
        var control = await Lab.RunAsync(LabMode.Off, command);
        Assert.True(control.Process.ExitCode == 0, $"It does not even work with the agent off.\n{control}");
        var run = await Lab.RunAsync(LabMode.Block, command);
        Assert.True(run.Process.ExitCode == 0, $"Block mode broke it.\n{run}");
        var refusals = run.Report.Refusals.ToImmutableArray();
        Assert.True(refusals.IsEmpty, $"Reported as refused: {string.Join("; ", refusals)}\n{run}");
        return run;
    }

    /// <summary>Runs it with more time each time that what must be seen is not: on a busy machine the agent is late, not blind.</summary>
    /// <param name="seconds">For the agent to look, as sleep(1) takes them.</param>
    /// <param name="run">Given those.</param>
    /// <param name="isSeen">Whether that was time enough.</param>
    private protected static async Task<LabRun> SeenAsync(string[] seconds, Func<string, Task<LabRun>> run, Func<LabRun, bool> isSeen)
    {
        var last = await run(seconds[0]);
        for (var next = 1; next < seconds.Length && !isSeen(last); next++)
        {
            last = await run(seconds[next]);
        }

        return last;
    }

    /// <summary>The client (resolve, dns) is told NXDOMAIN, within a second.</summary>
    private protected async Task<LabRun> NoSuchNameAsync(LabMode mode, LabCommand command)
    {
        const int MostMilliseconds = 1000;
        var run = await Lab.RunAsync(mode, command);
        for (var again = 0; again < 2 && MillisecondsOf(run) is null or >= MostMilliseconds; again++)
        {
            run = await Lab.RunAsync(mode, command); // who waits does so each time; the machine is not busy each time
        }

        Assert.Equal(1, run.Process.ExitCode);
        Assert.True(
            run.Process.Output.Contains("rcode 3", StringComparison.Ordinal)
            || run.Process.Output.Contains("Name or service not known", StringComparison.Ordinal)
            || run.Process.Output.Contains("Name does not resolve", StringComparison.Ordinal),
            $"This is no NXDOMAIN.\n{run}");
        Assert.True(MillisecondsOf(run) < MostMilliseconds, $"It took too long.\n{run}");
        return run;
    }

    /// <summary>Seen or refused: the report has the name that the flow said and the one that the job had asked for.</summary>
    private protected static void AssertBothNames(LabRun run, string said, string leased) => Assert.True(
        run.ReportOrNull?.Connections.Any(c => c.Sni == said && c.LeasedName == leased) != false,
        $"No row says both {said} and {leased}.\n{run}");

    /// <summary>A row of this kind, by this program where one is named.</summary>
    private protected static ReportedFinding AssertFound(LabRun run, string id, string action, string? exe)
    {
        ReportedFinding? row = run.Report.Findings.FirstOrDefault(finding => finding.Id == id && finding.Action == action);
        Assert.True(row is not null, $"No finding {id} {action}.\n{run}");
        Assert.True(exe is null || Path.GetFileName(run.Report.ExeOf(row.Process)) == exe, $"By {run.Report.ExeOf(row.Process)}.\n{run}");
        return row;
    }

    /// <summary>What the process of a finding was started as.</summary>
    private protected static string Line(LabRun run, ReportedFinding finding) =>
        string.Join(' ', run.Report.Processes.Single(process => process.Id == finding.Process).Argv);

    /// <summary>How long it took, as the client itself says; null when it does not.</summary>
    private protected static int? MillisecondsOf(LabRun run) =>
        Milliseconds().Match(run.Process.Output) is { Success: true } said ? int.Parse(said.Groups[1].Value, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"(\d+) ms")]
    private static partial Regex Milliseconds();

    private bool HasArrived(Attack attack, LabRun run) =>
        attack.Arrived?.Invoke(run) ?? run.Traffic.Contains(Canary);

    private static void AssertReported(Attack attack, LabRun run, string verdict)
    {
        var report = run.Report;
        var rows = attack.Row.In(report).Where(row => row.Verdict == verdict).ToList();
        Assert.True(rows.Count > 0, $"The report has no such row with verdict {verdict}: {attack.Row}\n{run}");
        var row = rows.Find(r => attack.Reasons.Contains(r.Reason));
        Assert.True(
            row is not null,
            $"Reason {string.Join(", ", rows.Select(r => r.Reason))} where {string.Join(" or ", attack.Reasons)} is "
            + $"right.\n{run}");
        Assert.True(row.WouldRefuse == (verdict == "observed"), $"wouldRefuse is {row.WouldRefuse}.\n{run}");
        if (attack.Exe is not null)
        {
            Assert.True(
                report.ExeOf(row.Process)?.EndsWith("/" + attack.Exe, StringComparison.Ordinal) == true,
                $"Blamed on {report.ExeOf(row.Process) ?? "nobody"} instead of {attack.Exe}.\n{run}");
            Assert.True(
                report.AncestryOf(row.Process).All(exe => exe is not null),
                $"Ancestry {string.Join(" < ", report.AncestryOf(row.Process))} is not known throughout.\n{run}");
        }
    }
}
