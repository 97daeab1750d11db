namespace Sallyport.Agent.Core.GitHub.Steps;

/// <summary>Reasons in documents.</summary>
internal static class AssignmentReasons
{
    public static string Word(this AssignmentReason reason) => reason switch
    {
        AssignmentReason.AwaitingEnvironment => "awaiting-environment",
        AssignmentReason.AwaitingLog => "awaiting-log",
        AssignmentReason.NoJobMessage => "no-job-message",
        AssignmentReason.UnknownStep => "unknown-step",
        AssignmentReason.Contradiction => "contradiction",
        AssignmentReason.Ambiguous => "ambiguous",
        AssignmentReason.IdentityConflict => "identity-conflict",
        AssignmentReason.EnvironmentTruncated => "environment-truncated",
        AssignmentReason.LogUncertain => "log-uncertain",
        AssignmentReason.Log => "log",
        _ => "identity-and-log",
    };
}
