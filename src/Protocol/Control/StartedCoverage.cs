using System.Collections.Immutable;

namespace Sallyport.Protocol.Control;

/// <summary>How much of the job protection covers.</summary>
/// <param name="FromStart">It was in force before the job's first step.</param>
/// <param name="UncoveredSeconds">From the worker's start to protection.</param>
/// <param name="StepsBefore">Steps that began before it, by their display names.</param>
public sealed record StartedCoverage(bool FromStart, double UncoveredSeconds, ImmutableArray<string> StepsBefore);
