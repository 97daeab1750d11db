namespace Sallyport.Agent.Control;

/// <summary>A file that is shown in the place of another.</summary>
/// <param name="File">Path of what is shown.</param>
/// <param name="Place">Path where it is shown; no part of it is a link.</param>
internal sealed record FileOverlay(string File, string Place);
