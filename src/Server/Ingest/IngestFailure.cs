namespace Sallyport.Server.Ingest;

/// <summary>A request of an agent that cannot be taken, as RFC 9457 tells it.</summary>
/// <param name="Status">Of HTTP.</param>
/// <param name="Title">What is wrong, in one sentence.</param>
/// <param name="Detail">The value, and what would be accepted; null when the title says all.</param>
internal sealed record IngestFailure(int Status, string Title, string? Detail = null);
