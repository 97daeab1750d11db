using Sallyport.Policy;

namespace Sallyport.Agent.Configuration;

/// <summary>Which mode a job runs in, and why, as the summary says it.</summary>
/// <param name="Mode">Null when nothing that was given says one: the machine's policy does, and without one the job is audited.</param>
/// <param name="Reason">As it is shown, while the machine's policy says nothing either.</param>
internal readonly record struct ActionModeDecision(PolicyMode? Mode, string Reason)
{
    /// <summary>What was said holds; else what the policy file says; else block where something is given to block by.</summary>
    internal static ActionModeDecision Of(PolicyMode? said, PolicyMode? inFile, IReadOnlyList<string> given) => (said, inFile) switch
    {
        ({ } mode, _) => new(mode, $"{PolicyModeWord.Of(mode)}: egress-policy says so"),
        (_, { } mode) => new(mode, $"{PolicyModeWord.Of(mode)}: the policy file says so, and egress-policy nothing"),
        _ when given.Count > 0 => new(
            PolicyMode.Block, $"block: {string.Join(" and ", given)} {(given.Count == 1 ? "is" : "are")} given, and egress-policy is not"),
        _ => new(null, "audit: neither egress-policy, nor a policy, nor allowed-endpoints is given"),
    };
}
