namespace Sallyport.Protocol.Ingest;

/// <summary>Answer to <see cref="JobRegistration"/>.</summary>
/// <param name="JobKey">Names the job in addresses; no secret.</param>
/// <param name="UploadToken">Bearer token for this job's segments and end, and nothing else.</param>
/// <param name="Url">Page of the job.</param>
/// <param name="NextSegment">First segment that is missing, from 1: where an upload goes on.</param>
public sealed record JobRegistered(string JobKey, string UploadToken, Uri Url, long NextSegment);
