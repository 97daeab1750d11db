namespace Sallyport.Protocol.Recording;

/// <summary>What the kernel decided.</summary>
public enum RecordedVerdict
{    /// <summary>A rule, or the nature of the destination, allows it.</summary>
    Allowed,

    /// <summary>Block mode: it did not leave.</summary>
    Refused,

    /// <summary>Audit mode: it left, and block mode would have refused it.</summary>
    Observed,
}
