namespace Sallyport.Protocol.DenyLists;

/// <summary>An entry of a <see cref="DenyList"/>.</summary>
/// <param name="Endpoint">As under <c>deny:</c> of a policy, in canonical form; 1 to <see cref="DenyListLimits.EndpointCharacters"/> characters.</param>
/// <param name="Reason">For whoever is refused; 1 to <see cref="DenyListLimits.ReasonCharacters"/> characters, one line.</param>
public sealed record DeniedEndpoint(string Endpoint, string Reason);
