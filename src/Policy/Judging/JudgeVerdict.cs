namespace Sallyport.Policy.Judging;

/// <summary>What the kernel would do.</summary>
public enum JudgeVerdict
{
    /// <summary>It leaves.</summary>
    Allowed,

    /// <summary>It does not.</summary>
    Refused,

    /// <summary>Audit mode: it leaves and is reported as what block mode would refuse.</summary>
    Observed,
}
