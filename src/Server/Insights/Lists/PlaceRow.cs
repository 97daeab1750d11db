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

    public required string LastId { get; init; }

    public long LastMs { get; init; }

    /// <summary>Jobs that were refused something.</summary>
    public long Refused { get; init; }

    /// <summary>In the last <see cref="Lists.Destinations.NewDays"/> days.</summary>
    public long NewDestinations { get; set; }

    public long Unprotected { get; init; }

    public long NotWhole { get; init; }

    public long OpenFindings { get; set; }

    public long Destinations { get; set; }
}
