using System.Collections.Immutable;
using Sallyport.Server.Insights;

namespace Sallyport.Server.Policies;

/// <summary>A job, and what a policy would have done to it.</summary>
/// <param name="Refused">Destinations and questions that it would have refused.</param>
/// <param name="Observed">Those that it would have let through and told: its mode there is audit.</param>
/// <param name="Unread">Why its report was not looked at; null when it was.</param>
internal sealed record PreviewRow(JobRow Job, ImmutableArray<string> Refused, ImmutableArray<string> Observed, string? Unread = null);
