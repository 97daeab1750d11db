namespace Sallyport.Protocol.Recording;

/// <summary>One numbered rule of the policy in force.</summary>
/// <param name="Number">Index of its bit in the kernel's rule sets.</param>
/// <param name="Text">As the user wrote it, in canonical form.</param>
/// <param name="Origin">Where it stands: <c>.sallyport.yml:4</c>, <c>--allow</c>, <c>@github-actions</c>.</param>
public sealed record RecordedRule(
    int Number,
    string Text,
    string Origin);
