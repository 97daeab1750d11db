namespace Sallyport.Server.Search;

/// <summary>One row of a job's Parquet file; null is what the class of the event has not.</summary>
internal sealed class EventRow
{
    public required int ClassUid { get; init; }

    public required int ActivityId { get; init; }

    public required int SeverityId { get; init; }

    /// <summary>Milliseconds since 1970, by the clock of the job's machine.</summary>
    public required long TimeMs { get; init; }

    public int? DispositionId { get; init; }

    public string? StatusDetail { get; init; }

    public long Count { get; init; } = 1;

    public string? ProcessUid { get; init; }

    public int? ProcessPid { get; init; }

    public string? ProcessPath { get; init; }

    /// <summary>Set when it becomes known, while the row is still in memory.</summary>
    public string? ProcessSha256 { get; set; }

    public string? ProcessCommand { get; init; }

    public string? ProcessUser { get; init; }

    public string? ActorUid { get; init; }

    public string? ActorPath { get; init; }

    public string? ActorCommand { get; init; }

    public string? DestinationHost { get; init; }

    public string? DestinationIp { get; init; }

    public int? DestinationPort { get; init; }

    public string? Protocol { get; init; }

    public string? QueryName { get; init; }

    public string? QueryType { get; init; }

    public string? FilePath { get; init; }

    public string? FindingUid { get; init; }

    public string? FindingTitle { get; init; }

    public string? Container { get; init; }

    /// <summary>Id of the step, as the event says it.</summary>
    public string? Step { get; init; }

    /// <summary>Of which the step may become known later.</summary>
    public uint Execution { get; init; }

    /// <summary>Characters of its own that it holds, about; what it shares with other rows is not counted.</summary>
    public int Characters => Length(ProcessCommand) + Length(ProcessPath) + Length(FilePath) + Length(QueryName)
        + Length(DestinationHost) + Length(DestinationIp) + Length(FindingTitle) + Length(StatusDetail) + Length(FindingUid)
        + Length(ProcessUid) + Length(ActorUid) + Length(Container) + Length(Step);

    private static int Length(string? text) => text?.Length ?? 0;
}
