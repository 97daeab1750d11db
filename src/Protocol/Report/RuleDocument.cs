namespace Sallyport.Protocol.Report;

/// <summary>A rule of the policy in force.</summary>
/// <param name="Id">Its number, as text.</param>
/// <param name="Text">As the user wrote it, in canonical form.</param>
/// <param name="Origin">Where it stands.</param>
/// <param name="Count">Connections and questions that it decided.</param>
public sealed record RuleDocument(string Id, string Text, string Origin, long Count);
