namespace Sallyport.Server.Recordings;

/// <summary>
/// Where bytes of recordings are kept. Names are made by the server and never hold what a job wrote:
/// <c>jobs/&lt;id&gt;/segments/00000001-&lt;digest&gt;.zst</c>, <c>jobs/&lt;id&gt;/recording-&lt;fold&gt;.ndjson.zst</c>. What was put is durable when the call ends.
/// </summary>
internal interface IRecordingStore
{
    /// <summary>Puts an object, or the same again.</summary>
    Task PutAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>Puts an object that is too large for memory.</summary>
    Task PutFileAsync(string name, string path, CancellationToken cancellation);

    /// <summary>Opens an object, or gives null when it is not there.</summary>
    Task<Stream?> OpenAsync(string name, CancellationToken cancellation);

    /// <summary>Removes objects; one that is not there is no mistake.</summary>
    Task RemoveAsync(IReadOnlyList<string> names, CancellationToken cancellation);

    /// <summary>Objects whose names begin so, in the order of their names, by UTF-8.</summary>
    IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation);
}
