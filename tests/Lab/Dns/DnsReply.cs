namespace Sallyport.Lab.Dns;

/// <summary>How the server answers one name, where it is more than records of a zone.</summary>
public sealed record DnsReply
{
    /// <summary>Answer section, as it is to stand there.</summary>
    public IReadOnlyList<DnsRecord> Answers { get; init; } = [];

    /// <summary>Authority and additional section: nobody should believe them.</summary>
    public IReadOnlyList<DnsRecord> Additional { get; init; } = [];

    /// <summary>Over UDP: what somebody else would say, from the server's own address and port.</summary>
    public DnsForgery? Forgery { get; init; }

    /// <summary>RCODE; 3 is NXDOMAIN.</summary>
    public int Code { get; init; }

    /// <summary>Before the answer is sent.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Over UDP: nothing but TC=1, so that the client asks again over TCP.</summary>
    public bool Truncated { get; init; }

    /// <summary>Each owner name is written in full instead of as a pointer.</summary>
    public bool Uncompressed { get; init; }
}
