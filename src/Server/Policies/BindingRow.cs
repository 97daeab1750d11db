namespace Sallyport.Server.Policies;

/// <summary>Where a policy applies; empty is "all below".</summary>
internal sealed record BindingRow
{
    public required string Owner { get; init; }

    public required string Repository { get; init; }

    public required string Workflow { get; init; }

    public required string JobName { get; init; }

    public int IsFloor { get; init; }

    public required string Policy { get; init; }

    /// <summary>0 for the organisation to 3 for a job: the greater is the more specific.</summary>
    public int Depth => JobName.Length > 0 ? 3 : Workflow.Length > 0 ? 2 : Repository.Length > 0 ? 1 : 0;

    /// <summary>As people read it.</summary>
    public string Scope => string.Join(" › ", new[] { Owner, Repository, Workflow, JobName }.Where(part => part.Length > 0));
}
