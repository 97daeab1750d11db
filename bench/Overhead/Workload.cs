using System.Collections.Immutable;

namespace Sallyport.Bench.Overhead;

/// <summary>Something that a job does, measured by the driver from within the job.</summary>
/// <param name="Name">As it stands in the table.</param>
/// <param name="Arguments">Of the driver, after its result file.</param>
/// <param name="Aim">Largest ratio with / without that is aimed at; null when there is no aim.</param>
/// <param name="Whole">The result is the time of the whole in nanoseconds, not that of one operation.</param>
internal sealed record Workload(string Name, ImmutableArray<string> Arguments, double? Aim, bool Whole);
