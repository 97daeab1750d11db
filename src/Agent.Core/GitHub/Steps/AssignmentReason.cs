namespace Sallyport.Agent.Core.GitHub.Steps;

/// <summary>Why an execution counts as confirmed or not.</summary>
public enum AssignmentReason
{
    /// <summary>Not confirmed: what it executed first is not known yet, or never was.</summary>
    AwaitingEnvironment,

    /// <summary>Not confirmed: the worker's log does not name its process yet.</summary>
    AwaitingLog,

    /// <summary>Not confirmed: the job message was not read.</summary>
    NoJobMessage,

    /// <summary>Not confirmed: it says a step that the job message does not have.</summary>
    UnknownStep,

    /// <summary>Not confirmed: the log names its process under another step.</summary>
    Contradiction,

    /// <summary>Not confirmed: it says no step, and several run side by side.</summary>
    Ambiguous,

    /// <summary>Not confirmed: its environment says the step twice, differently.</summary>
    IdentityConflict,

    /// <summary>Not confirmed: a part of its environment is missing and the step was not found in the rest.</summary>
    EnvironmentTruncated,

    /// <summary>Not confirmed: the log shows the step under a name that it does not have in the job message.</summary>
    LogUncertain,

    /// <summary>
    /// It says no step, as all that the worker does for itself, and one step is open in the log. Confirmed where that is the runner's own and
    /// no process of a step ran before.
    /// </summary>
    Log,

    /// <summary>Confirmed: the step that it says is open in the log, which names its process.</summary>
    IdentityAndLog,
}
