using System.Text;
using System.Text.Json;
using Sallyport.Protocol.Hashing;
using Sallyport.Protocol.Report;
using Sallyport.Reporting.Showing;

namespace Sallyport.Reporting;

/// <summary>
/// Refusals and findings as SARIF 2.1.0 (OASIS). A result needs a place in a file: it is the policy that would have to
/// change, because the process that acted has none. Fingerprints leave out what differs from run to run.
/// </summary>
public static class SarifRenderer
{
    private const string Refused = "refused-destination";
    private const string WouldRefuse = "unlisted-destination";
    private const string DefaultPolicy = ".sallyport.yml";

    // GitHub takes 25,000 results of one run and shows 5,000.
    private const int MaximumResults = 5_000;

    /// <summary>Renders a report.</summary>
    public static string Render(ReportDocument report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var digest = new Digest(report);
        return JsonText.Indented(json =>
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
            json.WriteString("version", "2.1.0");
            json.WriteStartArray("runs");
            json.WriteStartObject();
            WriteTool(json, report);
            WriteInvocation(json, report);
            WriteResults(json, digest);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static void WriteTool(Utf8JsonWriter json, ReportDocument report)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "Sallyport");
        json.WriteOptional("version", report.Tool.Version);
        json.WriteStartArray("rules");
        WriteRule(json, Refused, "A connection or a DNS question was refused.", "error");
        WriteRule(json, WouldRefuse, "Block mode would refuse this connection or DNS question.", "warning");
        foreach (var finding in report.Findings.DistinctBy(f => f.Id).OrderBy(f => f.Id, StringComparer.Ordinal))
        {
            if (finding.Id is not (Refused or WouldRefuse))
            {
                WriteRule(json, finding.Id, finding.Title, LevelOf(finding.Severity));
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteRule(Utf8JsonWriter json, string id, string description, string level)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteStartObject("shortDescription");
        json.WriteString("text", HostileText.Plain(description));
        json.WriteEndObject();
        json.WriteStartObject("defaultConfiguration");
        json.WriteString("level", level);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteInvocation(Utf8JsonWriter json, ReportDocument report)
    {
        json.WriteStartArray("invocations");
        json.WriteStartObject();
        json.WriteBoolean("executionSuccessful", report.Complete);
        if (report.ExitCode is { } code)
        {
            json.WriteNumber("exitCode", code);
        }

        if (report.Started is { } started)
        {
            json.WriteString("startTimeUtc", started.UtcDateTime);
        }

        if (report.Ended is { } ended)
        {
            json.WriteString("endTimeUtc", ended.UtcDateTime);
        }

        json.WriteStartArray("toolExecutionNotifications");
        foreach (var loss in Verdict.Losses(report))
        {
            json.WriteStartObject();
            json.WriteString("level", "warning");
            json.WriteStartObject("message");
            json.WriteString("text", loss);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteResults(Utf8JsonWriter json, Digest digest)
    {
        var room = MaximumResults;
        json.WriteStartArray("results");
        foreach (var refusal in digest.Refused.Take(room))
        {
            WriteRefusal(json, digest, refusal, Refused, "error");
        }

        room -= Math.Min(room, digest.Refused.Count);
        foreach (var finding in digest.Report.Findings.Take(room))
        {
            var message = $"{HostileText.Plain(finding.Title)} {digest.Names.Chain(finding.Process, 160)}{In(digest, finding.Step)}";
            WriteResult(
                json, digest.Report, finding.Id, LevelOf(finding.Severity), message, finding.Process,
                [finding.Id, digest.Names.Program(finding.Process)]);
        }

        room -= Math.Min(room, digest.Report.Findings.Length);
        foreach (var refusal in digest.WouldRefuse.Take(room))
        {
            WriteRefusal(json, digest, refusal, WouldRefuse, "warning");
        }

        json.WriteEndArray();
    }

    private static void WriteRefusal(Utf8JsonWriter json, Digest digest, Refusal refusal, string rule, string level)
    {
        var message = $"{refusal.Endpoint} ({refusal.Protocol}) by {digest.Names.Chain(refusal.Process, 160)}{In(digest, refusal.Step)}: {refusal.Why}"
            + (refusal.Allow is null ? "" : $" To allow it: sallyport policy allow {refusal.Allow}");
        WriteResult(
            json, digest.Report, rule, level, message, refusal.Process,
            [rule, refusal.Endpoint, refusal.Protocol, refusal.Reason, digest.Names.Program(refusal.Process)]);
    }

    private static string In(Digest digest, string? step) => digest.StepName(step) is { } name ? $" in step {Columns.Cut(name, 60)}" : "";

    private static void WriteResult(
        Utf8JsonWriter json, ReportDocument report, string rule, string level, string message, string? process,
        ReadOnlySpan<string> fingerprint)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", rule);
        json.WriteString("level", level);
        json.WriteStartObject("message");
        json.WriteString("text", message);
        json.WriteEndObject();
        json.WriteStartArray("locations");
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", PolicyUri(report));
        json.WriteEndObject();
        json.WriteStartObject("region");
        json.WriteNumber("startLine", 1);
        json.WriteEndObject();
        json.WriteEndObject();
        if (process is not null)
        {
            json.WriteStartArray("logicalLocations");
            json.WriteStartObject();
            json.WriteString("name", process);
            json.WriteString("kind", "process");
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("partialFingerprints");
        var hash = Sha256.Digest(Encoding.UTF8.GetBytes(string.Join('\n', fingerprint)));
        json.WriteString("sallyport/v1", Convert.ToHexStringLower(hash));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // A relative reference (RFC 3986): only what is a plain path of the repository, else the usual name.
    private static string PolicyUri(ReportDocument report) =>
        report.Policy.Source is { Length: > 0 and < 256 } source && source[0] != '/'
        && !source.StartsWith('-')
        && source.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '/' or '-' or '_')
            ? source
            : DefaultPolicy;

    private static string LevelOf(string severity) => severity switch
    {
        "critical" or "high" => "error",
        "medium" => "warning",
        _ => "note",
    };
}
