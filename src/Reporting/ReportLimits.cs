namespace Sallyport.Reporting;

/// <summary>
/// Bounds of a report, so that a job cannot make it, or the memory behind it, grow without end. What does not fit is
/// counted in the report's losses. A tenth of each table is kept for refusals.
/// </summary>
/// <param name="Connections">Rows; reason of the loss <c>report-connections</c>.</param>
/// <param name="Names">Rows of DNS; <c>report-dns</c>.</param>
/// <param name="Processes">
/// Rows; <c>report-processes</c>. When full, ended processes that no row refers to make room, the oldest first.
/// </param>
/// <param name="Findings">Rows; <c>report-findings</c>.</param>
/// <param name="Files">Rows; <c>report-files</c>.</param>
/// <param name="Containers">Rows; <c>report-containers</c>.</param>
/// <param name="Steps">Rows; <c>report-steps</c>.</param>
/// <param name="Executions">That the runner started; <c>report-executions</c>.</param>
/// <param name="OpenFlows">Flows whose end was not seen yet; past it their bytes are lost: <c>report-flows</c>.</param>
/// <param name="AddressesPerName">Of one name; <c>report-addresses</c>.</param>
/// <param name="TextBytes">
/// Of all that rows say, in memory, two per character; <c>report-text</c>. Past it no row comes that says something new, and of a program only the
/// beginning of its path is kept; ended processes that no row refers to make room.
/// </param>
public sealed record ReportLimits(
    int Connections = 50_000,
    int Names = 50_000,
    int Processes = 50_000,
    int Findings = 10_000,
    int Files = 250_000,
    int Containers = 4_096,
    int Steps = 4_096,
    int Executions = 16_384,
    int OpenFlows = 262_144,
    int AddressesPerName = 64,
    long TextBytes = 256L << 20);
