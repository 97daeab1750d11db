namespace Sallyport.Agent.Core.Correlation;

/// <summary>What is known of an open socket.</summary>
/// <param name="Line">The line that its last judgement went to.</param>
/// <param name="Told">True when a line carries the socket's own id.</param>
/// <param name="Presented">The name that it said last, or null.</param>
internal readonly record struct Flow(ConnectionLine? Line, bool Told, string? Presented);
