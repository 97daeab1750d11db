using Sallyport.Policy;

namespace Sallyport.Agent.Runner;

/// <summary>A floor of a policy store.</summary>
/// <param name="Name">As in <c>floor base version 3</c>.</param>
/// <param name="Document">What it says.</param>
internal sealed record StoredFloor(string Name, PolicyDocument Document);
