namespace Sallyport.Policy.Judging;

/// <summary>Why; the part of the kernel's sp_reason that a policy alone can decide.</summary>
public enum JudgeReason
{
    /// <summary>A rule allows it.</summary>
    Rule,

    /// <summary>The name may be asked because an allowed name is: search suffix or service prefix.</summary>
    AskOnly,

    /// <summary>Loopback is not egress.</summary>
    Loopback,

    /// <summary>No rule names the destination.</summary>
    NoRule,

    /// <summary>Rules name it, but for other ports or protocols, or for other steps or executables.</summary>
    Port,

    /// <summary>Neither TCP nor UDP, and no rule of that protocol.</summary>
    Protocol,

    /// <summary>A deny rule.</summary>
    Denied,

    /// <summary>Only rules that ask for a name, and the flow says none.</summary>
    NoName,
}
