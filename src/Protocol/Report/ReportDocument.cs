using System.Collections.Immutable;

namespace Sallyport.Protocol.Report;

/// <summary>
/// What happened in one job: schema <c>sallyport.report/v1</c>, described in docs/report.md. Times are RFC 3339 in UTC
/// with seven digits; absent is null and never left out; arrays are sorted by first time, then id. Text that the job
/// wrote (names, arguments, paths) is as it was: whoever shows it escapes it.
/// </summary>
/// <param name="Schema">Always <see cref="SchemaName"/>.</param>
/// <param name="Tool">What made the report.</param>
/// <param name="Mode">What was asked and what was in force.</param>
/// <param name="Complete">False when anything was lost, steps ran before protection, or the end is missing.</param>
/// <param name="Losses">Count by reason; empty when complete.</param>
/// <param name="Recording">The recording that the report was folded from; null when it was not read back.</param>
/// <param name="Job">The command and the machine.</param>
/// <param name="Policy">The policy in force.</param>
/// <param name="Started">Of the recording.</param>
/// <param name="Ended">Of the recording; null when its end is missing.</param>
/// <param name="ExitCode">Of the command as the caller saw it; null when it did not end or was not started.</param>
/// <param name="Signal">That ended the command, or null.</param>
/// <param name="Steps">Of the job.</param>
/// <param name="Connections">Flows and packets, repeats counted.</param>
/// <param name="Dns">Questions, repeats counted.</param>
/// <param name="Processes">Every process of the job.</param>
/// <param name="Files">Changes of files.</param>
/// <param name="ApiCalls">Calls of the GitHub API.</param>
/// <param name="Findings">Of the detectors.</param>
/// <param name="Permissions">Least permissions of GITHUB_TOKEN, by name of the permission.</param>
/// <param name="Containers">Of the job.</param>
/// <param name="Coverage">What was observed at all: an empty array means something only with it.</param>
/// <param name="Protection">Since when the job was protected; null where there is no runner, or the recording does not say.</param>
public sealed record ReportDocument(
    string Schema,
    ToolDocument Tool,
    ModeDocument Mode,
    bool Complete,
    ImmutableSortedDictionary<string, long> Losses,
    RecordingDocument? Recording,
    JobDocument Job,
    PolicyInForceDocument Policy,
    DateTimeOffset? Started,
    DateTimeOffset? Ended,
    int? ExitCode,
    int? Signal,
    ImmutableArray<StepDocument> Steps,
    ImmutableArray<ConnectionDocument> Connections,
    ImmutableArray<NameDocument> Dns,
    ImmutableArray<ProcessDocument> Processes,
    ImmutableArray<FileDocument> Files,
    ImmutableArray<ApiCallDocument> ApiCalls,
    ImmutableArray<FindingDocument> Findings,
    ImmutableSortedDictionary<string, PermissionDocument> Permissions,
    ImmutableArray<ContainerDocument> Containers,
    CoverageDocument Coverage,
    ProtectionDocument? Protection = null)
{
    /// <summary>Name and version of the schema.</summary>
    public const string SchemaName = "sallyport.report/v1";
}
