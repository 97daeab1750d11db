namespace Sallyport.Policy.Endpoints;

/// <summary>Why a text is no endpoint.</summary>
/// <param name="What">The problem, as a sentence without full stop.</param>
/// <param name="Accepted">What would be accepted in its place.</param>
public sealed record EndpointMistake(string What, string Accepted);
