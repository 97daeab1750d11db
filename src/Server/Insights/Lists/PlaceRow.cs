namespace Sallyport.Server.Insights.Lists;

/// <summary>A repository, or a job of a workflow of it, over the last days.</summary>
internal sealed record PlaceRow
{
    public required string Owner { get; init; }

    public required string Repository { get; init; }

    /// <summary>Empty in the list of repositories.</summary>
    public string Workflow { get; init; } = "";

    /// <summary>Empty in the list of repositories.</summary>
    public string Name { get; init; } = "";

    public long Jobs { get; init; }

    public long Runs { get; init; }

    public required string LastId { get; init; }

    public long LastMs { get; init; }

    public long Refused { get; init; }

    public long WouldRefuse { get; init; }

    public long NewDestinations { get; init; }

    public long Unprotected { get; init; }

    public long NotWhole { get; init; }

    public long OpenFindings { get; set; }

    public long Destinations { get; set; }
}
