namespace Sallyport.Agent.Control;

/// <summary>Why the command did not start; one byte on the pipe, then errno as four bytes.</summary>
internal enum LaunchFailure : byte
{
    /// <summary>The agent went before it said go.</summary>
    NotReleased = 1,

    /// <summary>The user or its groups could not be taken on.</summary>
    Identity = 2,

    /// <summary>execve failed.</summary>
    Execution = 3,
}
