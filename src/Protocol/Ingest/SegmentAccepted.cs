namespace Sallyport.Protocol.Ingest;

/// <summary>Answer to <c>PUT /api/v1/jobs/{jobKey}/segments/{n}</c>: durable, and its seal fits.</summary>
/// <param name="Segment">Its number.</param>
/// <param name="Events">In it.</param>
/// <param name="Chain"><c>open</c>, or <c>broken</c> when it does not follow its neighbours.</param>
public sealed record SegmentAccepted(long Segment, long Events, string Chain);
