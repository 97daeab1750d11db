namespace Sallyport.Protocol.Report;

/// <summary>The tool that recorded.</summary>
/// <param name="Name"><c>sallyport</c>.</param>
/// <param name="Version">Semantic version; null when the recording does not say.</param>
public sealed record ToolDocument(string Name, string? Version);
