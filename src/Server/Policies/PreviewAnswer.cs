namespace Sallyport.Server.Policies;

/// <summary>What a policy would have done.</summary>
/// <param name="Rows">A job each, the latest first.</param>
/// <param name="Runs">That they are of.</param>
/// <param name="UntilMs">Where not all were looked at: those that were registered before this were not; null otherwise.</param>
/// <param name="IsCut">Because there are more than <see cref="PolicyPreview.MaximumJobs"/>, and not because time was up.</param>
internal sealed record PreviewAnswer(IReadOnlyList<PreviewRow> Rows, int Runs, long? UntilMs, bool IsCut = false);
