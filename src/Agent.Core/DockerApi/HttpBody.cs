namespace Sallyport.Agent.Core.DockerApi;

/// <summary>Where a body ends (RFC 9112 section 6.3).</summary>
public enum HttpBody
{
    /// <summary>There is none.</summary>
    None = 0,

    /// <summary>After Content-Length bytes.</summary>
    Length,

    /// <summary>After the chunk of size 0 and its trailers.</summary>
    Chunked,

    /// <summary>With the connection; a response only.</summary>
    UntilClose,
}
