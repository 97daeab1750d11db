using System.Text.Json;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;
using Sallyport.Reporting.Showing;

namespace Sallyport.Reporting;

/// <summary>
/// The report as an in-toto Statement v1 with the predicate runtime-trace v0.2. Unsigned: signing is the caller's.
/// </summary>
public static class InTotoRenderer
{
    private const string Predicate = "https://in-toto.io/attestation/runtime-trace/v0.2";
    private const string Monitor = "https://github.com/sallyport/sallyport";
    private const string GitHubJob = "https://github.com/sallyport/sallyport/github-job/v1";
    private const string CommandRun = "https://github.com/sallyport/sallyport/run/v1";

    /// <summary>Renders a report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="subjects">What the trace is about: the artifacts of the build, or the recording itself.</param>
    public static string Render(ReportDocument report, IReadOnlyList<InTotoSubject> subjects)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(subjects);
        return JsonText.Indented(json =>
        {
            json.WriteStartObject();
            json.WriteString("_type", "https://in-toto.io/Statement/v1");
            WriteSubjects(json, subjects);
            json.WriteString("predicateType", Predicate);
            json.WriteStartObject("predicate");
            WriteMonitor(json, report);
            WriteMonitored(json, report);
            json.WriteStartObject("monitorLog");
            WriteProcesses(json, report);
            WriteNetwork(json, new Digest(report));
            json.WriteEndObject();
            WriteMetadata(json, report);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    private static void WriteSubjects(Utf8JsonWriter json, IReadOnlyList<InTotoSubject> subjects)
    {
        json.WriteStartArray("subject");
        foreach (var subject in subjects)
        {
            json.WriteStartObject();
            json.WriteString("name", subject.Name);
            json.WriteStartObject("digest");
            json.WriteString("sha256", subject.Sha256);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteMonitor(Utf8JsonWriter json, ReportDocument report)
    {
        json.WriteStartObject("monitor");
        json.WriteString("type", report.Tool.Version is { } version ? $"{Monitor}/v{version}" : Monitor);

        // No configSource: a ResourceDescriptor needs a URI, a digest or the content, and the policy's path is none of them.
        json.WriteStartObject("tracePolicy");
        json.WriteOptional("source", report.Policy.Source);
        json.WriteOptional("mode", report.Mode.Asked);
        json.WriteOptional("inForce", report.Mode.InForce);
        json.WriteBoolean("complete", report.Complete);
        json.WriteOptional("seal", report.Recording?.Seal);
        json.WriteStartArray("rules");
        foreach (var rule in report.Policy.Rules)
        {
            json.WriteStringValue(rule.Text);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteMonitored(Utf8JsonWriter json, ReportDocument report)
    {
        json.WriteStartObject("monitoredProcess");
        json.WriteString("hostID", $"urn:sallyport:host:linux:{report.Job.Architecture ?? "unknown"}");
        json.WriteString("type", report.Job.GitHub is null ? CommandRun : GitHubJob);
        json.WriteString("event", report.Job.GitHub?.WorkflowRef ?? ProcessNames.CommandOf(null, report.Job.Command));
        json.WriteEndObject();
    }

    private static void WriteProcesses(Utf8JsonWriter json, ReportDocument report)
    {
        json.WriteStartArray("process");
        foreach (var process in report.Processes)
        {
            json.WriteStartObject();
            json.WriteString("id", process.Id);
            json.WriteOptional("parent", process.Parent);
            json.WriteNumber("pid", process.Pid);
            json.WriteOptional("processBinary", process.Exe);
            json.WriteStartArray("arguments");
            foreach (var argument in process.Argv)
            {
                json.WriteStringValue(argument);
            }

            json.WriteEndArray();
            if (process.ExitCode is { } code)
            {
                json.WriteNumber("exitCode", code);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNetwork(Utf8JsonWriter json, Digest digest)
    {
        var report = digest.Report;
        json.WriteStartArray("network");
        foreach (var row in report.Connections)
        {
            json.WriteStartObject();
            json.WriteString("ip", row.Address);
            json.WriteOptional("hostname", row.Destination == row.Address ? null : row.Destination);
            if (row.Port > 0)
            {
                json.WriteNumber("port", row.Port);
            }

            json.WriteString("protocol", row.Protocol);
            WriteVerdict(json, row.Verdict, row.Reason, row.Count, digest.StepName(row.Step), row.Process);
            json.WriteEndObject();
        }

        foreach (var row in report.Dns.Where(row => row.Verdict == RecordedVerdict.Refused))
        {
            json.WriteStartObject();
            json.WriteString("hostname", row.Name);
            json.WriteString("protocol", row.Transport);
            json.WriteString("question", row.Type);
            WriteVerdict(json, row.Verdict, row.Reason, row.Count, digest.StepName(row.Step), row.Process);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteVerdict(
        Utf8JsonWriter json, RecordedVerdict verdict, string reason, long count, string? step, string? process)
    {
        json.WriteString("verdict", Verdict.Word(verdict));
        json.WriteString("reason", reason);
        json.WriteNumber("count", count);
        json.WriteOptional("step", step);
        WriteInvoker(json, process);
    }

    private static void WriteInvoker(Utf8JsonWriter json, string? process)
    {
        if (process is not null)
        {
            json.WriteStartObject("invokingProcess");
            json.WriteString("id", process);
            json.WriteEndObject();
        }
    }

    private static void WriteMetadata(Utf8JsonWriter json, ReportDocument report)
    {
        json.WriteStartObject("metadata");
        if (report.Started is { } started)
        {
            json.WriteString("buildStartedOn", started.UtcDateTime);
        }

        if (report.Ended is { } ended)
        {
            json.WriteString("buildFinishedOn", ended.UtcDateTime);
        }

        json.WriteEndObject();
    }
}
