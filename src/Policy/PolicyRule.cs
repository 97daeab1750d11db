using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy;

/// <summary>One endpoint of a list, with its place.</summary>
/// <param name="Endpoint">The destination.</param>
/// <param name="Origin">Where it stands.</param>
public sealed record PolicyRule(Endpoint Endpoint, RuleOrigin Origin);
