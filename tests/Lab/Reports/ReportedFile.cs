namespace Sallyport.Lab.Reports;

/// <summary>A row of <c>files</c> in report.json.</summary>
public sealed record ReportedFile(string Path, string Change, bool Tracked, long Count, string? Process, string? Target = null);
