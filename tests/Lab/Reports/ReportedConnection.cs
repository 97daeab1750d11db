namespace Sallyport.Lab.Reports;

/// <summary>A row of <c>connections</c> in report.json, read without the product's own classes.</summary>
public sealed record ReportedConnection(
    string Destination,
    string? LeasedName,
    string? Sni,
    string? NameSource,
    string Address,
    int Port,
    string Protocol,
    string Verdict,
    bool WouldRefuse,
    string? Rule,
    string Reason,
    string Hook,
    long BytesOut,
    long BytesIn,
    long Count,
    string? Process);
