using System.Collections.Immutable;

namespace Sallyport.Protocol.Ingest;

/// <summary>
/// <c>GET /api/v1/policy</c>: what the store has for a job. That nothing is attached is said by <paramref name="Policy"/> being
/// null; a policy that allows nothing is a policy.
/// </summary>
/// <param name="Policy">The most specific that is attached, or the one that was named; null for none.</param>
/// <param name="Floors">From above, the widest scope first; none can be weakened below.</param>
public sealed record PolicyAnswer(StoredPolicy? Policy, ImmutableArray<StoredPolicy> Floors);
