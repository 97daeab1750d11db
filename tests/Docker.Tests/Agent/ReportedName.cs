namespace Sallyport.Docker.Tests.Agent;

/// <summary>A row of <c>dns</c> in report.json, as far as these tests read it.</summary>
public sealed record ReportedName(
    string? Name,
    string? Type,
    string? Verdict,
    bool? WouldRefuse,
    string? Reason,
    string? Process,
    string? Container)
{
    public bool IsRefusal => Verdict == "refused" || WouldRefuse == true;
}
