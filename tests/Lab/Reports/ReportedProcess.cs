namespace Sallyport.Lab.Reports;

/// <summary>A row of <c>processes</c> in report.json.</summary>
public sealed record ReportedProcess(
    string Id,
    int Pid,
    string? Parent,
    string? Exe,
    IReadOnlyList<string> Argv,
    bool ArgvTruncated,
    string? Cwd,
    string? User,
    bool Executed,
    string? Sha256,
    int? ExitCode,
    int? Signal);
