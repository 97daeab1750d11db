namespace Sallyport.Agent.Upload;

/// <summary>What has come of an upload.</summary>
/// <param name="Page">Of the job on the server; null when it was not even registered.</param>
/// <param name="Delivered">Segments that the server has.</param>
/// <param name="Failure">Why the last request failed, or null.</param>
/// <param name="IsFinal">Nothing more will come of it.</param>
internal sealed record UploadResult(string? Page, long Delivered, string? Failure, bool IsFinal);
