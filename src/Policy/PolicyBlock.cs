using System.Collections.Immutable;

namespace Sallyport.Policy;

/// <summary>One entry of <c>steps</c> or <c>processes</c>.</summary>
/// <param name="Match">What it applies to.</param>
/// <param name="Allow">Replaces the top-level list; null keeps that list.</param>
/// <param name="Extend">Adds to the top-level list instead.</param>
/// <param name="Mode">Null: as for the rest of the job.</param>
/// <param name="Origin">Where it stands.</param>
public sealed record PolicyBlock(
    PolicyMatch Match,
    ImmutableArray<PolicyRule>? Allow,
    bool Extend,
    PolicyMode? Mode,
    RuleOrigin Origin);
