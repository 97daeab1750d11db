namespace Sallyport.Agent.Core.DockerApi;

/// <summary>Why a head or a body of HTTP/1 cannot be read in one way only. Whatever has one is not passed on.</summary>
public enum HttpDefect
{
    /// <summary>Nothing is wrong.</summary>
    None = 0,

    /// <summary>The first line is no request line, no status line, or of another version than 1.0 and 1.1.</summary>
    FirstLine,

    /// <summary>Another method than GET, HEAD, POST, PUT, DELETE and OPTIONS.</summary>
    Method,

    /// <summary>Not a clean absolute path: another form (RFC 9112 section 3.2), a bad escape, an empty or dot segment.</summary>
    Target,

    /// <summary>A line that does not end with CR LF, or a control character.</summary>
    Line,

    /// <summary>A field without a name, with blanks around it, or folded over lines.</summary>
    Field,

    /// <summary>Content-Length twice, not a number, or beside Transfer-Encoding.</summary>
    Length,

    /// <summary>Transfer-Encoding twice, other than <c>chunked</c>, or with HTTP/1.0.</summary>
    Coding,
}
