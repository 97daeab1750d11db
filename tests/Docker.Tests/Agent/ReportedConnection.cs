namespace Sallyport.Docker.Tests.Agent;

/// <summary>A row of <c>connections</c> in report.json, as far as these tests read it.</summary>
public sealed record ReportedConnection(
    string? Destination,
    string? Address,
    int? Port,
    string? Protocol,
    string? Verdict,
    bool? WouldRefuse,
    string? Reason,
    string? Process,
    string? Container)
{
    public bool IsRefusal => Verdict == "refused" || WouldRefuse == true;

    /// <summary>ff02::/16, RFC 4291 section 2.7.</summary>
    public bool IsLinkLocalMulticast => Address?.StartsWith("ff02:", StringComparison.Ordinal) == true;
}
