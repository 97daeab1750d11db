using System.Collections.Immutable;

namespace Sallyport.Protocol.Control;

/// <summary>The policy that a job is judged by.</summary>
/// <param name="From">Inputs that it came from, with commas between; <c>none</c>.</param>
/// <param name="Reason">Why this mode: <c>block: allowed-endpoints is given, and egress-policy is not</c>.</param>
/// <param name="Implicit">Endpoints that are allowed without being listed.</param>
/// <param name="Rules">Different rules of the top level, implicit ones included.</param>
public sealed record StartedPolicy(string From, string Reason, ImmutableArray<string> Implicit, int Rules);
