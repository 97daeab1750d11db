using System.Text.Json;

namespace Sallyport.Lab.Reports;

/// <summary>
/// report.json as another program would read it (DESIGN, "the parts that other programs rely on"): the product's own
/// types are not used, so that a change of a name fails here.
/// </summary>
public sealed record ReportView(
    string Schema,
    bool Complete,
    IReadOnlyDictionary<string, long> Losses,
    ReportedMode Mode,
    int? ExitCode,
    IReadOnlyList<ReportedConnection> Connections,
    IReadOnlyList<ReportedName> Dns,
    IReadOnlyList<ReportedProcess> Processes,
    IReadOnlyList<ReportedFinding> Findings,
    IReadOnlyList<ReportedFile> Files,
    IReadOnlyDictionary<string, string> Coverage)
{
    private const int MaxAncestors = 64;
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>All rows that a block would have refused, or that were refused, as lines for a message.</summary>
    public IEnumerable<string> Refusals =>
        Connections.Where(c => c.Verdict == "refused" || c.WouldRefuse)
            .Select(c => $"{c.Protocol} {c.Address}:{c.Port} {c.Verdict} {c.Reason} ({c.Sni}) by {ExeOf(c.Process)}")
            .Concat(Dns.Where(d => d.Verdict == "refused" || d.WouldRefuse)
                .Select(d => $"dns {d.Type} {d.Name} {d.Verdict} {d.Reason} by {ExeOf(d.Process)}"));

    /// <summary>Executable of a process of the report; null when it is not in it.</summary>
    public string? ExeOf(string? process) => Processes.FirstOrDefault(p => p.Id == process)?.Exe;

    /// <summary>Executables from the process up to the first of the job.</summary>
    public IReadOnlyList<string?> AncestryOf(string? process)
    {
        var chain = new List<string?>();
        for (var id = process; id is not null && chain.Count < MaxAncestors;)
        {
            var row = Processes.FirstOrDefault(p => p.Id == id);
            chain.Add(row?.Exe);
            id = row?.Parent;
        }

        return chain;
    }

    /// <summary>Throws <see cref="LabException"/> when it is none. That the agent had no processor for a while is not among its findings.</summary>
    public static ReportView Read(string path)
    {
        try
        {
            var report = JsonSerializer.Deserialize<ReportView>(File.ReadAllBytes(path), s_options)
                ?? throw new LabException($"{path} says null.");
            EvidenceOfThePage.Check(report.Findings);
            return report with { Findings = [.. report.Findings.Where(finding => !Stall.Is(finding.Id, finding.Evidence.ContainsKey))] };
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw new LabException($"{path} cannot be read as report.json: {e.Message}", e);
        }
    }

    public override string ToString() => string.Join(
        '\n',
        [$"mode {Mode.InForce}, complete {Complete}, {string.Join(' ', Losses)}",
        .. Mode.Degraded.Select(d => $"degraded: {d}"),
        .. Connections.Take(40).Select(c => $"{c.Protocol} {c.Destination} {c.Address}:{c.Port} {c.Verdict} {c.Reason} "
            + $"{c.Hook} sni={c.Sni} leased={c.LeasedName} x{c.Count} by {ExeOf(c.Process)}"),
        .. Dns.Take(40).Select(
            d => $"dns {d.Type} {d.Name} {d.Verdict} {d.Reason} {d.Transport} by {ExeOf(d.Process)}"),
        .. Findings.Select(f => $"finding {f.Id} {f.Action} {string.Join(' ', f.Evidence)} by {ExeOf(f.Process)}")]);
}
