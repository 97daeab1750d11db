using System.Collections.Immutable;
using Sallyport.Protocol.Report;

namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary>The job as the service sent it to the worker.</summary>
/// <param name="Steps">Main steps, in their order.</param>
/// <param name="GitHub">Facts of the job.</param>
/// <param name="Overflow">Steps beyond the bound, not kept.</param>
public sealed record JobMessage(ImmutableArray<PlannedStep> Steps, GitHubDocument GitHub, int Overflow);
