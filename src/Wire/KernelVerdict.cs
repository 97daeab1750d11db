namespace Sallyport.Wire;

/// <summary><c>enum sp_verdict</c>: what the kernel decided.</summary>
public enum KernelVerdict : byte
{
    /// <summary>A rule, or the nature of the destination, allows it.</summary>
    Allowed = 1,

    /// <summary>Block mode: it did not leave.</summary>
    Refused = 2,

    /// <summary>Audit mode: block mode would have refused it.</summary>
    Observed = 3,
}
