using System.Collections.Immutable;
using Sallyport.Server.Insights;

namespace Sallyport.Server.Policies;

/// <summary>A job, and what a policy would have refused of it.</summary>
internal sealed record PreviewRow(JobRow Job, ImmutableArray<string> Refused);
