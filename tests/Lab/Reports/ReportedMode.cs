namespace Sallyport.Lab.Reports;

/// <summary><c>mode</c> in report.json.</summary>
public sealed record ReportedMode(string? Asked, string? InForce, IReadOnlyList<string> Degraded);
