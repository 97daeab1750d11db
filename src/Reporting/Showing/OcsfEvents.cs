using System.Text.Json;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Reporting.Showing;

/// <summary>Events of OCSF 1.3.0; numbers are those of its dictionary.</summary>
internal sealed class OcsfEvents(ReportDocument report)
{
    private const int Informational = 1;
    private const int Low = 2;
    private const int Medium = 3;
    private const int High = 4;
    private const int Critical = 5;

    private readonly ProcessNames names = new(report);
    private readonly Dictionary<string, string> steps =
        report.Steps.DistinctBy(step => step.Id).ToDictionary(step => step.Id, step => step.Name, StringComparer.Ordinal);


    // Launch = 1
    public void WriteProcess(Utf8JsonWriter json, ProcessDocument process)
    {
        json.WriteStartObject();
        WriteBase(json, 1, 1007, 1, Informational, process.Started ?? report.Started);
        WriteDevice(json);
        WriteProcessObject(json, "process", process, withParent: true);

        // Who launched it: required here, and an actor needs at least one attribute. The first was started by Sallyport.
        json.WriteStartObject("actor");
        if (names.Find(process.Parent) is { } parent)
        {
            WriteProcessObject(json, "process", parent, withParent: false);
        }
        else
        {
            json.WriteString("app_name", process.Parent is null ? "sallyport" : "unknown");
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    // Query = 1
    public void WriteQuestion(Utf8JsonWriter json, NameDocument row)
    {
        json.WriteStartObject();
        WriteBase(json, 4, 4003, 1, SeverityOf(row.Verdict), row.First);
        WriteVerdict(json, row.Verdict, row.Reason, row.Rule);
        WriteDevice(json);
        WriteActor(json, row.Process);
        WriteUnmapped(json, row.Step);
        json.WriteNumber("count", row.Count);
        json.WriteStartObject("query");
        json.WriteString("hostname", row.Name);
        json.WriteString("type", row.Type);
        json.WriteEndObject();
        json.WriteStartArray("answers");
        foreach (var address in row.Addresses)
        {
            json.WriteStartObject();
            json.WriteString("rdata", address);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("dst_endpoint");
        json.WriteString("ip", row.Resolver);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // Open = 1, Refuse = 5
    public void WriteConnection(Utf8JsonWriter json, ConnectionDocument row)
    {
        json.WriteStartObject();
        var activity = row.Verdict == RecordedVerdict.Refused ? 5 : 1;
        WriteBase(json, 4, 4001, activity, SeverityOf(row.Verdict), row.First);
        WriteVerdict(json, row.Verdict, row.Reason, row.Rule);
        WriteDevice(json);
        WriteActor(json, row.Process);
        json.WriteNumber("count", row.Count);
        json.WriteStartObject("dst_endpoint");
        json.WriteString("ip", row.Address);
        json.WriteOptional("hostname", row.Destination == row.Address ? null : row.Destination);
        if (row.Port > 0)
        {
            json.WriteNumber("port", row.Port);
        }

        json.WriteEndObject();
        json.WriteStartObject("connection_info");
        json.WriteNumber("direction_id", 2);
        json.WriteString("protocol_name", row.Protocol);
        json.WriteEndObject();
        json.WriteStartObject("traffic");
        json.WriteNumber("bytes_in", row.BytesIn);
        json.WriteNumber("bytes_out", row.BytesOut);
        json.WriteEndObject();
        // A tls object must state the version that was negotiated, which nobody here has seen.
        WriteUnmapped(json, row.Step, row.NameSource ?? "sni", row.Sni);
        json.WriteEndObject();
    }

    // Create = 1
    public void WriteFinding(Utf8JsonWriter json, FindingDocument finding)
    {
        json.WriteStartObject();
        WriteBase(json, 2, 2004, 1, SeverityOf(finding.Severity), finding.First);
        WriteDevice(json);
        json.WriteStartObject("finding_info");
        json.WriteString("uid", finding.Id);
        json.WriteString("title", finding.Title);
        json.WriteEndObject();
        var blocked = finding.Action == "blocked";
        json.WriteNumber("action_id", blocked ? 2 : 1);
        json.WriteNumber("disposition_id", blocked ? 2 : 17);
        json.WriteNumber("count", finding.Count);
        json.WriteStartArray("evidences");
        json.WriteStartObject();
        WriteActor(json, finding.Process);
        json.WriteStartObject("data");
        foreach (var (name, fact) in finding.Evidence)
        {
            json.WriteString(name, fact);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        WriteUnmapped(json, finding.Step);
        json.WriteEndObject();
    }

    private static int SeverityOf(RecordedVerdict verdict) => verdict switch
    {
        RecordedVerdict.Refused => Medium,
        RecordedVerdict.Observed => Low,
        _ => Informational,
    };

    private static int SeverityOf(string severity) => severity switch
    {
        "critical" => Critical,
        "high" => High,
        "medium" => Medium,
        "low" => Low,
        _ => Informational,
    };

    // OCSF has no place for a step of a job; "unmapped", of the event itself, is for what has none.
    private void WriteUnmapped(Utf8JsonWriter json, string? step, string name = "", string? value = null)
    {
        if (step is null && value is null)
        {
            return;
        }

        json.WriteStartObject("unmapped");
        json.WriteOptional("step", step is null ? null : steps.GetValueOrDefault(step, step));
        json.WriteOptional(name, value);
        json.WriteEndObject();
    }

    private static void WriteProcessObject(Utf8JsonWriter json, string name, ProcessDocument process, bool withParent)
    {
        json.WriteStartObject(name);
        json.WriteString("uid", process.Id);
        json.WriteNumber("pid", process.Pid);
        json.WriteOptional("name", process.Exe is { } exe ? exe[(exe.LastIndexOf('/') + 1)..] : null);
        json.WriteString("cmd_line", string.Join(' ', process.Argv));
        if (process.Exe is { } path)
        {
            json.WriteStartObject("file");
            json.WriteString("name", path[(path.LastIndexOf('/') + 1)..]);
            json.WriteString("path", path);
            json.WriteNumber("type_id", 1);
            json.WriteEndObject();
        }

        if (process.User is { } user)
        {
            json.WriteStartObject("user");
            json.WriteString("uid", user);
            json.WriteEndObject();
        }

        if (withParent && process.Parent is { } parent)
        {
            json.WriteStartObject("parent_process");
            json.WriteString("uid", parent);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteBase(
        Utf8JsonWriter json, int category, int type, int activity, int severity, DateTimeOffset? time)
    {
        json.WriteNumber("activity_id", activity);
        json.WriteNumber("category_uid", category);
        json.WriteNumber("class_uid", type);
        json.WriteNumber("type_uid", (type * 100) + activity);
        json.WriteNumber("severity_id", severity);
        json.WriteNumber("time", (time ?? DateTimeOffset.UnixEpoch).ToUnixTimeMilliseconds());
        json.WriteStartObject("metadata");
        json.WriteString("version", "1.3.0");
        json.WriteStartObject("product");
        json.WriteString("name", "Sallyport");
        json.WriteString("vendor_name", "Sallyport");
        json.WriteOptional("version", report.Tool.Version);
        json.WriteEndObject();
        json.WriteStartArray("profiles");
        json.WriteStringValue("host");
        json.WriteStringValue("security_control");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteVerdict(Utf8JsonWriter json, RecordedVerdict verdict, string reason, string? rule)
    {
        // Allowed = 1, Denied = 2; disposition Allowed = 1, Blocked = 2, Logged = 17.
        json.WriteNumber("action_id", verdict == RecordedVerdict.Refused ? 2 : 1);
        json.WriteNumber("disposition_id", verdict switch
        {
            RecordedVerdict.Refused => 2,
            RecordedVerdict.Observed => 17,
            _ => 1,
        });
        json.WriteString("status_detail", reason);
        if (rule is not null)
        {
            json.WriteStartObject("firewall_rule");
            json.WriteString("name", rule);
            json.WriteEndObject();
        }
    }

    private void WriteDevice(Utf8JsonWriter json)
    {
        // A device needs a name or an address. The report has neither on purpose: it is about a job, not about a host.
        json.WriteStartObject("device");
        json.WriteString("name", "machine of the job");
        json.WriteNumber("type_id", 0);
        json.WriteStartObject("os");
        json.WriteString("name", "Linux");
        json.WriteNumber("type_id", 200);
        json.WriteOptional("version", report.Job.Kernel);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteActor(Utf8JsonWriter json, string? process)
    {
        if (names.Find(process) is { } actor)
        {
            json.WriteStartObject("actor");
            WriteProcessObject(json, "process", actor, withParent: true);
            json.WriteEndObject();
        }
    }
}
