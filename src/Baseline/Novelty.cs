namespace Sallyport.Baseline;

/// <summary>Something that a job had not done before.</summary>
/// <param name="Kind">In what way; the gravest one.</param>
/// <param name="Destination">What was called, by whom.</param>
public sealed record Novelty(NoveltyKind Kind, SeenDestination Destination);
