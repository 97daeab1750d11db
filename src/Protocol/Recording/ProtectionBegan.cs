using System.Collections.Immutable;

namespace Sallyport.Protocol.Recording;

/// <summary>Since when a runner's job is judged and seen. After <see cref="RecordingStarted"/>, once; a recording of `run` has none.</summary>
/// <param name="FromStart">It was in force before the job's first step.</param>
/// <param name="UncoveredSeconds">From the worker's start to protection; 0 when the worker was held until then.</param>
/// <param name="StepsBefore">Steps that began before it, by their display names, at most 128 of 120 characters; empty when which ones is not known.</param>
public sealed record ProtectionBegan(bool FromStart, double UncoveredSeconds, ImmutableArray<string> StepsBefore) : RecordedEvent;
