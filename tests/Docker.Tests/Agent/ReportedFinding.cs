using Sallyport.Lab.Reports;

namespace Sallyport.Docker.Tests.Agent;

/// <summary>A row of <c>findings</c> in report.json, as far as these tests read it.</summary>
public sealed record ReportedFinding(string? Id, string? Action, string? Process, IReadOnlyDictionary<string, string> Evidence)
{
    /// <inheritdoc cref="Stall"/>
    public bool IsStall => Stall.Is(Id, Evidence.ContainsKey);
}
