using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Reporting.Showing;

/// <summary>The same words for the whole of a report in every format.</summary>
internal static class Verdict
{
    private const int MostSteps = 16;

    /// <summary><c>block · enforcing</c>; escaped.</summary>
    public static string Mode(ReportDocument report) =>
        $"{HostileText.Plain(report.Mode.Asked ?? "mode unknown")} · {HostileText.Plain(report.Mode.InForce ?? "unknown")}";

    public static string Exit(ReportDocument report) => report switch
    {
        { Signal: { } signal } => $"signal {signal}",
        { ExitCode: { } code } => $"exit {code}",
        _ => "no exit seen",
    };

    /// <summary>One clause: what somebody has to know first.</summary>
    public static string Headline(Digest digest)
    {
        var parts = new List<string>();
        if (digest.Refused.Count > 0)
        {
            parts.Add($"{Amount.Count(digest.Refused.Count)} refused");
        }

        if (digest.New.Count > 0)
        {
            parts.Add($"{Amount.Count(digest.New.Count)} new");
        }

        if (digest.Report.Findings.Length > 0)
        {
            parts.Add(Amount.Of(digest.Report.Findings.Length, "finding", "findings"));
        }

        if (digest.WouldRefuse.Count > 0)
        {
            parts.Add($"{Amount.Count(digest.WouldRefuse.Count)} that block mode would refuse");
        }

        return parts.Count > 0 ? string.Join(", ", parts) : "nothing refused";
    }

    /// <summary>True for a loss that says what is wrong with the recording and counts no events.</summary>
    public static bool IsMark(string reason) =>
        reason is "recording-start" or "recording-truncated" or "recording-tampered" or "recording-unreadable" or ReportBuilder.BeforeProtection;

    /// <summary>Why a report is incomplete, one sentence each; escaped.</summary>
    public static IEnumerable<string> Losses(ReportDocument report)
    {
        if (report.Recording is { Verdict: not RecordingVerdict.Intact } recording)
        {
            var detail = HostileText.Plain(recording.Detail ?? "");
            yield return $"the recording is {Word(recording.Verdict)} at frame {recording.Frame}: {detail}";
        }

        foreach (var (reason, count) in report.Losses)
        {
            yield return reason switch
            {
                "recording-start" => "the first line of the recording is missing",
                "recording-truncated" => "the end of the recording is missing",
                "recording-tampered" => "what follows the damage was not read",
                ReportBuilder.BeforeProtection => Late(report, count),
                "recording-unreadable" => "what follows the damage could not be read",
                _ => $"{Amount.Of(count, "event", "events")} lost: {HostileText.Plain(reason)}",
            };
        }
    }

    /// <summary>Since when the job was protected, in one sentence without its stop; null where the report does not say. Escaped.</summary>
    public static string? Protection(ReportDocument report) => report.Protection switch
    {
        null => null,
        { FromStart: false } => Late(report, report.Losses.GetValueOrDefault(ReportBuilder.BeforeProtection)),
        { UncoveredSeconds: > 0 } own => $"in force before every step, {Seconds(own)} after the job's worker started",
        _ => "in force before every step",
    };

    private static string Late(ReportDocument report, long count)
    {
        if (report.Protection is not { StepsBefore.IsDefaultOrEmpty: false } known)
        {
            return $"the job had begun {(report.Protection is { } own ? Seconds(own) + " " : "")}before protection; which steps ran then is not known";
        }

        var names = string.Join(", ", known.StepsBefore.Take(MostSteps).Select(HostileText.Plain));
        var more = known.StepsBefore.Length > MostSteps ? $" and {Amount.Count(known.StepsBefore.Length - MostSteps)} more" : "";
        return $"{Amount.Of(count, "step", "steps")} ran before protection began ({Seconds(known)}): {names}{more}";
    }

    private static string Seconds(ProtectionDocument own) => Amount.Duration(TimeSpan.FromSeconds(Math.Clamp(own.UncoveredSeconds, 0, 1e9)));

    public static string Word(RecordingVerdict verdict) => verdict switch
    {
        RecordingVerdict.Intact => "intact",
        RecordingVerdict.Truncated => "truncated",
        RecordingVerdict.Tampered => "tampered with",
        _ => "unreadable",
    };

    /// <summary>A sign and the word: no verdict is told by colour alone.</summary>
    public static string Signed(RecordedVerdict verdict) => verdict switch
    {
        RecordedVerdict.Allowed => "✓ allowed",
        RecordedVerdict.Refused => "✗ refused",
        _ => "? observed",
    };

    public static string Word(RecordedVerdict verdict) => verdict switch
    {
        RecordedVerdict.Allowed => "allowed",
        RecordedVerdict.Refused => "refused",
        _ => "observed",
    };
}
