namespace Sallyport.Protocol.Control;

/// <summary>The agent that answers.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Origin"><c>action</c> when a job started it, <c>image</c> when it was there before.</param>
public sealed record StartedAgent(string Version, string Origin);
