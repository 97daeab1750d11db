namespace Sallyport.Agent.Upload;

/// <summary>What came of asking for a deny list.</summary>
/// <param name="InForce">Fresh, or the one that was kept; null when there is neither.</param>
/// <param name="Why">Why it is not fresh; null when it is.</param>
/// <param name="IsRefused">Something came, and it was not the owner's, or an older one: somebody may be at work.</param>
/// <param name="NotKept">Why it could not be kept for the next job; null when it was.</param>
internal sealed record DenyListAnswer(OpenedDenyList? InForce, string? Why, bool IsRefused, string? NotKept);
