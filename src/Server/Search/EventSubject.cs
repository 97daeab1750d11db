namespace Sallyport.Server.Search;

/// <summary>What a search is for.</summary>
internal enum EventSubject
{
    /// <summary>SHA-256 of a program that ran.</summary>
    Hash,

    /// <summary>A program that ran: its path, or its name without one.</summary>
    Program,

    /// <summary>A host or an address that was reached, or was to be; <c>*.example.com</c> is all below.</summary>
    Destination,

    /// <summary>A name that was asked of a resolver; <c>*.example.com</c> is all below.</summary>
    Name,

    /// <summary>A file that was written, removed or renamed; a path that ends in <c>/</c> is all below.</summary>
    Path,
}
