namespace Sallyport.Server.Insights.Lists;

/// <summary>Which destinations a list shows; null is any.</summary>
internal sealed record DestinationFilter
{
    public string? Owner { get; init; }

    public string? Repository { get; init; }

    public string? Workflow { get; init; }

    public string? Job { get; init; }

    /// <summary>Part of the host.</summary>
    public string? Host { get; init; }

    /// <summary>Part of a program's path.</summary>
    public string? Program { get; init; }

    /// <summary>Only those that are new to a job that had run before.</summary>
    public bool IsNew { get; init; }

    /// <summary>Only those of one job: its id.</summary>
    public string? In { get; init; }

    /// <summary>Only those that were refused at least once.</summary>
    public bool IsRefused { get; init; }
}
