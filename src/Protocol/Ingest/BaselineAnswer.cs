using System.Collections.Immutable;

namespace Sallyport.Protocol.Ingest;

/// <summary><c>GET /api/v1/baseline</c>: what earlier runs of a job reached, or tried to.</summary>
/// <param name="Destinations">
/// Each as in <c>tcp://example.com:443</c>, at most <see cref="MaximumDestinations"/>; null when no earlier run was read yet, and then
/// nothing can be new, and when there are more, or more than <see cref="MaximumBytes"/>: a part of them would call the rest new.
/// </param>
/// <param name="Why">Why there are none, for people; null when there are.</param>
public sealed record BaselineAnswer(ImmutableArray<string>? Destinations, string? Why)
{
    /// <summary>Bound of one answer.</summary>
    public const int MaximumDestinations = 10_000;

    /// <summary>Bytes of one answer; agents read 2 MiB of it.</summary>
    public const int MaximumBytes = 2_000_000;

    /// <summary>
    /// Destinations of one job that are compared, and taught: the first by protocol, host (both ordinal) and port. Those beyond are neither new
    /// nor known.
    /// </summary>
    public const int MaximumOfJob = 2_000;
}
