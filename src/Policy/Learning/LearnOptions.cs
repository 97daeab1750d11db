namespace Sallyport.Policy.Learning;

/// <summary>How to propose a policy.</summary>
public sealed record LearnOptions
{
    /// <summary>Mode that the file says.</summary>
    public PolicyMode Mode { get; init; } = PolicyMode.Block;

    /// <summary>Different names of one zone from which on a wildcard is proposed; at least 3.</summary>
    public int WildcardFrom { get; init; } = 3;

    /// <summary>First comment of the file, one line; null for none.</summary>
    public string? Title { get; init; }
}
