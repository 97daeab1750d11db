namespace Sallyport.Lab.Reports;

/// <summary>A row of <c>dns</c> in report.json.</summary>
public sealed record ReportedName(
    string Name,
    string Type,
    string Verdict,
    bool WouldRefuse,
    string? Rule,
    string Reason,
    string Resolver,
    string Transport,
    IReadOnlyList<string> Addresses,
    long Count,
    string? Process);
