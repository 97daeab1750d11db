using System.Collections.Immutable;

namespace Sallyport.Agent.Core.Detection;

/// <summary>A kind of finding, as the manual describes it.</summary>
/// <param name="Id">Kebab-case, never given to another kind.</param>
/// <param name="Title">One sentence: what was found.</param>
/// <param name="Severity"><c>low</c>, <c>medium</c>, <c>high</c> or <c>critical</c>.</param>
/// <param name="Why">Why that matters, and what is seen of it.</param>
/// <param name="WhatToDo">For whoever reads the report.</param>
public sealed record FindingKind(string Id, string Title, string Severity, string Why, string WhatToDo)
{
    /// <summary>Keys that <c>evidence</c> of such a finding can have, and what each means; those that are not known are left out.</summary>
    public ImmutableArray<(string Key, string Meaning)> Evidence { get; init; } = [];

    /// <summary>The kernel side can prevent it: <c>block</c> is more than <c>fail</c>.</summary>
    public bool CanBlock { get; init; }

    /// <summary>A policy in block mode that does not name it prevents it.</summary>
    public bool IsBlockedByDefault { get; init; }
}
