using Sallyport.Policy.Compiling;

namespace Sallyport.Policy.Judging;

/// <summary>What a way of looking up found: the input of the verdict.</summary>
/// <param name="Target">Rules of the name and of the address.</param>
/// <param name="Ports">Rules of protocol and port.</param>
/// <param name="Policy">Rules that the step and the executable may use.</param>
/// <param name="AskOnly">The name may be asked without a rule.</param>
/// <param name="Mode">Mode in force.</param>
internal readonly record struct RuleMatches(RuleSet Target, RuleSet Ports, RuleSet Policy, bool AskOnly, PolicyMode Mode);
