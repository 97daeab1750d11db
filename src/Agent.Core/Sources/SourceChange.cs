namespace Sallyport.Agent.Core.Sources;

/// <summary>A tracked file was changed by somebody other than git.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="How"><c>written</c>, <c>replaced</c>, <c>mounted</c> or <c>found</c> (nobody saw who).</param>
/// <param name="Before">Id of the content before.</param>
/// <param name="After">Id of the content after; null when it was not caught or not read.</param>
/// <param name="Difference">A few lines of it, or null.</param>
/// <param name="IsPutBack">The content was as before again when it was looked at.</param>
/// <param name="Writing">Who and when.</param>
public sealed record SourceChange(
    string Path, string How, string? Before, string? After, string? Difference, bool IsPutBack, SourceWriting Writing);
