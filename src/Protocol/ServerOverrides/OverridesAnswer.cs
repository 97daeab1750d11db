using System.Collections.Immutable;
using Sallyport.Protocol.Signing;

namespace Sallyport.Protocol.ServerOverrides;

/// <summary><c>GET /api/v1/overrides</c>: what was signed for a job and has not ended. That there is nothing is an answer too.</summary>
/// <param name="Overrides">Envelopes, at most <see cref="OverrideLimits.Together"/>; empty for none.</param>
public sealed record OverridesAnswer(ImmutableArray<SignedEnvelope> Overrides);
