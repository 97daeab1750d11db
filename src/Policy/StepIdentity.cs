namespace Sallyport.Policy;

/// <summary>What is known of a step when its policy is chosen.</summary>
/// <param name="Id">The step's id.</param>
/// <param name="Name">Display name.</param>
/// <param name="Action"><c>owner/repo@ref</c> of a <c>uses:</c> step.</param>
public sealed record StepIdentity(string? Id, string? Name, string? Action);
