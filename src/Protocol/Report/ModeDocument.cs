using System.Collections.Immutable;

namespace Sallyport.Protocol.Report;

/// <summary>What the caller asked for and what the machine could do.</summary>
/// <param name="Asked"><c>audit</c> or <c>block</c>; null when the recording does not say.</param>
/// <param name="InForce"><c>observing</c>, <c>enforcing</c> or <c>degraded</c>; null when the recording does not say.</param>
/// <param name="Degraded">What could not be observed or enforced, one sentence each.</param>
public sealed record ModeDocument(string? Asked, string? InForce, ImmutableArray<string> Degraded);
