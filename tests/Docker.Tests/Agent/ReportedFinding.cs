namespace Sallyport.Docker.Tests.Agent;

/// <summary>A row of <c>findings</c> in report.json, as far as these tests read it.</summary>
public sealed record ReportedFinding(string? Id, string? Action, string? Process, IReadOnlyDictionary<string, string> Evidence)
{
    /// <summary>The agent was not given the processor for as many seconds.</summary>
    public bool IsStall => Id == "observation-lost" && Evidence.ContainsKey("seconds");
}
