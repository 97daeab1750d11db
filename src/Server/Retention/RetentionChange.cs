namespace Sallyport.Server.Retention;

/// <summary>A change of an organisation's retention, as the audit keeps it; null stands for the server's.</summary>
internal sealed record RetentionChange(int? Days, long? Bytes, int? DaysBefore, long? BytesBefore)
{
    public string Actor { get; init; } = "";

    public long AtMs { get; init; }
}
