namespace Sallyport.Server.Policies;

/// <summary>What a policy would have done.</summary>
/// <param name="Rows">A job each, the latest first.</param>
/// <param name="UntilMs">Where time was up before enough jobs were found: those that were registered before were not looked at; null otherwise.</param>
internal sealed record PreviewAnswer(IReadOnlyList<PreviewRow> Rows, long? UntilMs);
