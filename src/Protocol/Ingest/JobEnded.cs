namespace Sallyport.Protocol.Ingest;

/// <summary>Answer to <see cref="JobEnd"/>.</summary>
/// <param name="State">Of the job.</param>
/// <param name="Missing">Segments that are not there, counted.</param>
public sealed record JobEnded(string State, long Missing);
