namespace Sallyport.Agent.Kernel;

/// <summary>The kernel side cannot be put in force; nothing of it is left attached.</summary>
/// <param name="message">What failed and why, for the person who called.</param>
/// <param name="missingCapability">The capability that is missing, or null when the machine itself cannot.</param>
internal sealed class KernelUnavailableException(string message, string? missingCapability = null) : Exception(message)
{
    internal string? MissingCapability { get; } = missingCapability;
}
