using System.Text;
using Sallyport.Protocol.Report;
using Sallyport.Reporting.Showing;

namespace Sallyport.Reporting;

/// <summary>
/// The report for a terminal or a log: verdict, what needs somebody, what happened, what to do. Text of the job is
/// escaped and cut in the middle; no line is wider than asked for, the seal and paths aside.
/// </summary>
public static class TextRenderer
{
    private const int MaximumRefusals = 10;
    private const int MaximumFindings = 10;
    private const int MaximumDestinations = 8;
    private const int MaximumSentences = 5;

    /// <summary>Renders a report.</summary>
    /// <returns>Lines that end with a line feed each.</returns>
    public static string Render(ReportDocument report, TextOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(report);
        var page = new TextPage(new Digest(report), options ?? new TextOptions());
        Header(page);
        Refused(page);
        New(page);
        Findings(page);
        Degraded(page);
        Incomplete(page);
        WouldRefuse(page);
        LeftRunning(page);
        Allowed(page);
        Footer(page);
        return page.ToString();
    }

    private static void Header(TextPage page)
    {
        var report = page.Report;
        var left = $"sallyport  {Verdict.Mode(report)} · {(report.Complete ? "complete" : "INCOMPLETE")}";
        var right = new List<string>();
        if (report is { Started: { } started, Ended: { } ended })
        {
            right.Add(Amount.Duration(ended - started));
        }

        right.Add(Verdict.Exit(report));
        var facts = string.Join("   ", right);
        var room = page.Width - 4 - Columns.WidthOf(left) - Columns.WidthOf(facts);
        var command = Columns.Cut(ProcessNames.CommandOf(null, report.Job.Command), Math.Max(8, room - 3));
        var gap = Math.Max(2, page.Width - 1 - Columns.WidthOf(left) - Columns.WidthOf(command) - 3 - Columns.WidthOf(facts));
        page.Line($" {page.Bold(left)}{new string(' ', gap)}{command}   {facts}");
        if (JobLine.Facts(report) is { Count: > 0 } job)
        {
            page.Line(" " + Columns.Cut(string.Join(" · ", job), page.Width - 2));
        }
    }

    private static void Refused(TextPage page)
    {
        var refusals = page.Digest.Refused;
        if (refusals.Count == 0)
        {
            return;
        }

        page.Heading('✗', TextPage.Red, $"{Amount.Count(refusals.Count)} refused");
        foreach (var refusal in refusals.Take(MaximumRefusals))
        {
            page.Row($"{refusal.Endpoint}  {refusal.Protocol}   {refusal.Address}", Tries(page, refusal));
            var more = refusal.OtherProcesses > 0
                ? $"   and {Amount.Of(refusal.OtherProcesses, "more process", "more processes")}"
                : "";
            page.Line("     " + page.Digest.Names.Chain(refusal.Process, page.Width - 6 - more.Length) + more);
            if (Where(page, refusal) is { } where)
            {
                page.Line("     " + Columns.Cut(where, page.Width - 6));
            }

            Why(page, refusal);
        }

        page.More(refusals.Count - MaximumRefusals);
    }

    // Without a policy this is everything that left: one line each, and policy.yml has the lines to allow them.
    private static void WouldRefuse(TextPage page)
    {
        var refusals = page.Digest.WouldRefuse;
        if (refusals.Count == 0)
        {
            return;
        }

        page.Heading('?', TextPage.Yellow, $"{Amount.Count(refusals.Count)} that block mode would refuse");
        foreach (var refusal in refusals.Take(MaximumRefusals))
        {
            page.Row($"{refusal.Endpoint}  {refusal.Protocol}   {page.Digest.Names.Program(refusal.Process)}", Tries(page, refusal));
        }

        page.More(refusals.Count - MaximumRefusals);
    }

    // What is new is the question that a comparison was asked: one line each, whatever the verdict.
    private static void New(TextPage page)
    {
        var destinations = page.Digest.New;
        if (destinations.Count == 0)
        {
            return;
        }

        page.Heading('+', TextPage.Yellow, $"{Amount.Of(destinations.Count, "new destination", "new destinations")}, not in the earlier run");
        foreach (var destination in destinations.Take(MaximumRefusals))
        {
            page.Row(
                $"{destination.Endpoint}  {destination.Protocol}   {page.Digest.Names.Program(destination.Process)}",
                $"{Verdict.Signed(destination.Verdict)}, first at {Amount.Since(page.Report.Started, destination.First)}");
        }

        page.More(destinations.Count - MaximumRefusals);
    }

    private static void LeftRunning(TextPage page)
    {
        List<string> steps = [.. JobLine.LeftRunning(page.Digest)];
        if (steps.Count == 0)
        {
            return;
        }

        page.Heading('!', TextPage.Yellow, "left running when their step ended");
        foreach (var step in steps.Take(MaximumSentences))
        {
            page.Line("   " + Columns.Cut(step, page.Width - 4));
        }

        page.More(steps.Count - MaximumSentences);
    }

    private static string Tries(TextPage page, Refusal refusal) =>
        $"{Amount.Of(refusal.Count, "try", "tries")}, first at {Amount.Since(page.Report.Started, refusal.First)}";

    private static string? Where(TextPage page, Refusal refusal)
    {
        var parts = new List<string>();
        if (page.Digest.StepName(refusal.Step) is { } step)
        {
            parts.Add($"in step {step}");
        }

        if (page.Digest.ContainerName(refusal.Container) is { } container)
        {
            parts.Add($"in container {container}");
        }

        return parts.Count == 0 ? null : string.Join(", ", parts);
    }

    private static void Why(TextPage page, Refusal refusal)
    {
        if (refusal.Allow is null)
        {
            page.Line("     " + Columns.Cut(refusal.Why, page.Width - 6));
            return;
        }

        var allow = $"allow it:  sallyport policy allow {refusal.Allow}";
        if (Columns.WidthOf(refusal.Why) + allow.Length + 8 <= page.Width)
        {
            page.Line($"     {refusal.Why}   {allow}");
            return;
        }

        // The command is there to be copied: it is never cut.
        page.Line("     " + Columns.Cut(refusal.Why, page.Width - 6));
        page.Line("     " + allow);
    }

    private static void Findings(TextPage page)
    {
        var findings = page.Report.Findings;
        if (findings.IsEmpty)
        {
            return;
        }

        page.Heading('!', TextPage.Yellow, Amount.Of(findings.Length, "finding", "findings"));
        foreach (var finding in findings.Take(MaximumFindings))
        {
            var facts = $"{HostileText.Plain(finding.Severity)}, {HostileText.Plain(finding.Action)}"
                + $" ({HostileText.Plain(finding.Id)}), first at {Amount.Since(page.Report.Started, finding.First)}";
            page.Line("   " + Columns.Cut(HostileText.Plain(finding.Title), page.Width - 4));
            page.Line("     " + Columns.Cut(facts, page.Width - 6));
            page.Line("     " + page.Digest.Names.Chain(finding.Process, page.Width - 6));
            if (page.Digest.StepName(finding.Step) is { } step)
            {
                page.Line("     " + Columns.Cut($"in step {step}", page.Width - 6));
            }

            foreach (var (name, fact) in finding.Evidence.Take(MaximumSentences))
            {
                page.Line("     " + Columns.Cut($"{HostileText.Plain(name)}: {HostileText.Plain(fact)}", page.Width - 6));
            }
        }

        page.More(findings.Length - MaximumFindings);
    }

    private static void Degraded(TextPage page)
    {
        var sentences = page.Report.Mode.Degraded;
        if (sentences.IsEmpty)
        {
            return;
        }

        page.Heading('!', TextPage.Yellow, "degraded: this machine cannot do everything");
        foreach (var sentence in sentences.Take(MaximumSentences))
        {
            page.Wrapped(HostileText.Plain(sentence));
        }

        page.More(sentences.Length - MaximumSentences);
    }

    private static void Incomplete(TextPage page)
    {
        if (page.Report.Complete)
        {
            return;
        }

        page.Heading('!', TextPage.Yellow, "incomplete: what follows may miss something");
        foreach (var sentence in Verdict.Losses(page.Report))
        {
            page.Wrapped(sentence);
        }
    }

    private static void Allowed(TextPage page)
    {
        var allowed = page.Digest.Allowed;
        if (allowed.Count == 0)
        {
            return;
        }

        page.Heading('✓', TextPage.Green, $"{Amount.Of(allowed.Count, "destination", "destinations")} allowed");
        var programs = Math.Max(14, (page.Width - 40) / 3);
        var endpoints = page.Width - 3 - programs - 34;
        foreach (var destination in allowed.OrderByDescending(d => d.Count).Take(MaximumDestinations))
        {
            var endpoint = Columns.Pad(Columns.Cut(destination.Endpoint, endpoints - 1), endpoints);
            var who = Columns.Pad(Columns.Cut(string.Join(", ", destination.Programs), programs - 1), programs);
            var bytes = $"{Amount.Bytes(destination.BytesIn)} ↓".PadLeft(11);
            page.Line($"   {endpoint}{who}{bytes}  {Amount.Of(destination.Count, "connection", "connections")}");
        }

        page.More(allowed.Count - MaximumDestinations);
    }

    private static void Footer(TextPage page)
    {
        var report = page.Report;
        page.Line("");
        var counts = new List<string> { Amount.Of(report.Processes.Length, "process", "processes") };
        if (!report.Containers.IsEmpty)
        {
            counts.Add(Amount.Of(report.Containers.Length, "container", "containers"));
        }

        if (page.Digest.LocalConnections > 0)
        {
            counts.Add($"{Amount.Of(page.Digest.LocalConnections, "connection", "connections")} inside the job");
        }

        if (!report.Files.IsEmpty)
        {
            counts.Add(Amount.Of(report.Files.Length, "change of a file", "changes of files"));
        }

        counts.Add($"{Amount.Of(page.Digest.Lost, "event", "events")} lost");
        page.Line(" " + Columns.Cut(string.Join(" · ", counts), page.Width - 2));
        if (Verdict.Protection(report) is { } since && report.Protection!.FromStart)
        {
            page.Line(" " + Columns.Cut(since, page.Width - 2)); // what began later stands above, as incomplete
        }

        if (report.Recording?.Seal is { } seal)
        {
            page.Line(" seal    " + HostileText.Plain(seal));
        }

        if (page.ReportPath is { } path)
        {
            page.Line(" report  " + HostileText.Plain(path));
        }
    }
}
