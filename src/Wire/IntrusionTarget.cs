namespace Sallyport.Wire;

/// <summary><c>enum sp_intrusion_target</c>: whose process a call reached into.</summary>
public enum IntrusionTarget : byte
{
    /// <summary>No process.</summary>
    OfNobody = 0,

    /// <summary>Runner.Worker.</summary>
    OfWorker = 1,

    /// <summary>Runner.Listener.</summary>
    OfRunner = 2,

    /// <summary>Another step of the job.</summary>
    OfStep = 3,

    /// <summary>Not the job's.</summary>
    OfOthers = 4,
}
