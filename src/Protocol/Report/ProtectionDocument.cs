using System.Collections.Immutable;

namespace Sallyport.Protocol.Report;

/// <summary>Since when the job was protected. What ran before is in no table of the report.</summary>
/// <param name="FromStart">It was in force before the job's first step.</param>
/// <param name="UncoveredSeconds">From the worker's start to protection; 0 when the worker was held until then.</param>
/// <param name="StepsBefore">Steps that began before it, by their display names; empty when which ones is not known.</param>
public sealed record ProtectionDocument(bool FromStart, double UncoveredSeconds, ImmutableArray<string> StepsBefore);
