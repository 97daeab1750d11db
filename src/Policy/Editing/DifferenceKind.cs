namespace Sallyport.Policy.Editing;

/// <summary>Whether a change lets more or less through.</summary>
public enum DifferenceKind
{
    /// <summary>More is allowed.</summary>
    Wider,

    /// <summary>Less is allowed.</summary>
    Narrower,
}
