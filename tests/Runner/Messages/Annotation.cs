namespace Sallyport.Runner.Messages;

/// <summary>A warning, error or notice of a step's record.</summary>
internal sealed record Annotation(string Level, string Message, string? File, string? Line, string? Title);
