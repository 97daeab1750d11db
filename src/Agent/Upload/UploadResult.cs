namespace Sallyport.Agent.Upload;

/// <summary>What came of an upload.</summary>
/// <param name="Page">Of the job on the server; null when it was not even registered.</param>
/// <param name="Segments">Of the recording.</param>
/// <param name="Undelivered">Of them.</param>
/// <param name="Failure">Why the last request failed, or null.</param>
internal sealed record UploadResult(string? Page, long Segments, long Undelivered, string? Failure);
