namespace Sallyport.Server.Insights.Lists;

/// <summary>Words of a finding's status. Suppressed is not written: it follows from the suppressions that apply now.</summary>
internal static class FindingStatus
{
    public const string New = "new";

    public const string Acknowledged = "acknowledged";

    public const string Suppressed = "suppressed";
}
