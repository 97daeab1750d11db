namespace Sallyport.Agent.Core.Decoding;

/// <summary>Why the bytes of a record were refused.</summary>
public enum RecordDefect
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>Fewer bytes than a header.</summary>
    NoHeader,

    /// <summary>Written by another version of the contract.</summary>
    Version,

    /// <summary>A type that this version does not have.</summary>
    Type,

    /// <summary>The header's length is more than the bytes at hand, or less than the type's fixed part.</summary>
    Length,

    /// <summary>A variable field begins inside the fixed part or ends past the record.</summary>
    Field,

    /// <summary>A verdict that this version does not have.</summary>
    Verdict,

    /// <summary>A container id that is not 64 lower-case hexadecimal digits.</summary>
    ContainerId,
}
