namespace Sallyport.Policy;

/// <summary>What happens to that which no rule allows.</summary>
public enum PolicyMode
{
    /// <summary>It leaves and is reported; only <c>deny</c> refuses.</summary>
    Audit,

    /// <summary>It is refused.</summary>
    Block,
}
