namespace Sallyport.Lab.Reports;

/// <summary>A row of <c>findings</c> in report.json.</summary>
public sealed record ReportedFinding(
    string Id,
    string Severity,
    string Action,
    IReadOnlyDictionary<string, string> Evidence,
    string? Process);
