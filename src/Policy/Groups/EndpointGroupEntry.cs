using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Groups;

/// <summary>One endpoint of a group.</summary>
/// <param name="Endpoint">The destination.</param>
/// <param name="Why">What it is needed for.</param>
public sealed record EndpointGroupEntry(Endpoint Endpoint, string Why);
