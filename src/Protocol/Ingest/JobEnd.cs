namespace Sallyport.Protocol.Ingest;

/// <summary><c>POST /api/v1/jobs/{jobKey}/end</c>: nothing more will come.</summary>
/// <param name="Segments">That the recording has.</param>
/// <param name="Undelivered">Of them, how many the sender gave up on.</param>
public sealed record JobEnd(long Segments, long Undelivered);
