namespace Sallyport.Server.Insights;

/// <summary>A job, as lists and its page show it.</summary>
internal sealed record JobRow
{
    /// <summary>Greater than every id.</summary>
    public const string AfterAll = "g";

    public required string Id { get; init; }

    public required string Owner { get; init; }

    public required string Repository { get; init; }

    public required string Workflow { get; init; }

    public required string Name { get; init; }

    public required string DisplayName { get; init; }

    public string? Matrix { get; init; }

    public required string RunId { get; init; }

    public int RunAttempt { get; init; }

    public string? Sha { get; init; }

    public string? Ref { get; init; }

    public string? EventName { get; init; }

    public string? Actor { get; init; }

    public required string Runner { get; init; }

    public string? RunnerEnvironment { get; init; }

    public string? AgentVersion { get; init; }

    public string? ModeAsked { get; init; }

    public string? ModeInForce { get; init; }

    public string? Degraded { get; init; }

    public string? PolicyVersion { get; init; }

    public required string State { get; init; }

    public long RegisteredMs { get; init; }

    public long LastHeardMs { get; init; }

    /// <summary>Of any job of the runner, in the list of runners; null elsewhere.</summary>
    public long? RunnerHeardMs { get; init; }

    public long? StartedMs { get; init; }

    public long? EndedMs { get; init; }

    public long Segments { get; init; }

    public long? AnnouncedSegments { get; init; }

    public long? Undelivered { get; init; }

    public long Bytes { get; init; }

    public long Events { get; init; }

    public required string Chain { get; init; }

    public long? ChainBrokenAt { get; init; }

    public string? Recorded { get; init; }

    /// <summary>Which fold the job's report is of; null when it was not folded, or by an earlier version.</summary>
    public string? Fold { get; init; }

    /// <summary>The same when recording and Parquet file are named by it too; an earlier version names the report alone so.</summary>
    public string? NamedFold { get; init; }

    public int? Complete { get; init; }

    public int? ExitCode { get; init; }

    public long? Refused { get; init; }

    public long? WouldRefuse { get; init; }

    public long? Destinations { get; init; }

    public long? NewDestinations { get; init; }

    public long? Findings { get; init; }

    public long? Processes { get; init; }

    public long? Files { get; init; }

    public long? Tampered { get; init; }

    /// <summary>In the names of recording and Parquet file: two folds of a job have two, and neither replaces the other's.</summary>
    public string FoldSuffix => Fold is not null && Fold == NamedFold ? $"-{Fold}" : "";

    /// <summary>Where the names of recording, report and segments begin in the store.</summary>
    public string Folder => $"jobs/{Id}/";

    /// <summary>Name of the whole recording in the store, once its segments were joined.</summary>
    public string RecordingName => $"{Folder}recording{FoldSuffix}.ndjson.zst";

    /// <summary>Name of the report in the store, once the job was folded.</summary>
    public string ReportName => Fold is null ? $"{Folder}report.json.zst" : $"{Folder}report-{Fold}.json.zst";

    /// <summary>
    /// Whether an object of this job, by its name, is of a fold that can never count any more: of one that is earlier than the one that does, and once
    /// the job is joined of any other.
    /// </summary>
    public bool IsPast(string name)
    {
        if (name == RecordingName || name == ReportName)
        {
            return false;
        }

        // <what>-<fold>.<kind>; where there is no fold it was an earlier version, and so an earlier fold.
        var fold = Path.GetFileName(name).Split('.')[0].Split('-') is [_, var its] ? its : "";
        return Recorded == FinishJob.Joined || string.CompareOrdinal(fold, Fold) < 0;
    }
}
