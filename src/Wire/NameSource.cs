namespace Sallyport.Wire;

/// <summary><c>enum sp_name_source</c>: how a flow said its name; 0 means that it did not.</summary>
public enum NameSource : byte
{
    /// <summary>Server name of a TLS ClientHello (RFC 6066 section 3).</summary>
    Sni = 1,

    /// <summary>Host of a cleartext HTTP/1 request.</summary>
    HttpHost = 2,

    /// <summary>Authority of an HTTP CONNECT request.</summary>
    HttpConnect = 3,
}
