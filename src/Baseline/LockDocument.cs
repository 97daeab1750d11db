using System.Collections.Immutable;

namespace Sallyport.Baseline;

/// <summary>The content of <c>sallyport.lock</c>: what each job of a repository is known to call.</summary>
/// <param name="Schema">Always <see cref="SchemaName"/>.</param>
/// <param name="Jobs">Sorted by name, each name once.</param>
public sealed record LockDocument(string Schema, ImmutableArray<JobBaseline> Jobs)
{
    /// <summary>Name and version of the schema.</summary>
    public const string SchemaName = "sallyport.lock/v1";

    /// <summary>No job known.</summary>
    public static LockDocument Empty { get; } = new(SchemaName, []);

    /// <summary>The baseline of a job, or null.</summary>
    /// <param name="job">Its name.</param>
    public JobBaseline? Find(string job) => Jobs.FirstOrDefault(known => known.Job == job);

    /// <summary>The document with one job's baseline replaced or added.</summary>
    /// <param name="baseline">Of that job.</param>
    public LockDocument With(JobBaseline baseline)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        return this with
        {
            Jobs = [.. Jobs.Where(known => known.Job != baseline.Job).Append(baseline).OrderBy(known => known.Job, StringComparer.Ordinal)],
        };
    }
}
