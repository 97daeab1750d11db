namespace Sallyport.Wire;

/// <summary><c>SP_EXEC_*</c>: what of an exec was cut short or missing.</summary>
[Flags]
public enum ExecMarks : uint
{
    /// <summary>Everything was captured.</summary>
    None = 0,

    /// <summary>argv was longer than <see cref="WireLimits.ArgvBytes"/>.</summary>
    ArgvTruncated = 1,

    /// <summary>
    /// The executable's path was longer than <see cref="WireLimits.PathBytes"/> or deeper than allowed.
    /// </summary>
    PathTruncated = 2,

    /// <summary>
    /// The working directory was longer than <see cref="WireLimits.PathBytes"/> or deeper than allowed.
    /// </summary>
    CwdTruncated = 4,

    /// <summary>The executable has no name left: memfd or deleted.</summary>
    Unlinked = 8,
}
