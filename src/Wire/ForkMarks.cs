namespace Sallyport.Wire;

/// <summary><c>SP_FORK_*</c>.</summary>
[Flags]
public enum ForkMarks : uint
{
    /// <summary>Nothing to say.</summary>
    None = 0,

    /// <summary>Forked by the runner's worker itself: the first process of its execution.</summary>
    OpensExecution = 1,
}
