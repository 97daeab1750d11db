namespace Sallyport.Policy;

/// <summary>A mode as it is written, in policies, reports and sentences.</summary>
public static class PolicyModeWord
{
    /// <summary><c>block</c> or <c>audit</c>.</summary>
    public static string Of(PolicyMode mode) => mode == PolicyMode.Block ? "block" : "audit";
}
