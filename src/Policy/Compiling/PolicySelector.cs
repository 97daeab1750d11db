namespace Sallyport.Policy.Compiling;

/// <summary>
/// Chooses the kernel's policy for a step or an executable. Where several entries match, their intersection gets an
/// index of its own behind those of <see cref="CompiledPolicy.Policies"/>, for the caller to write to the kernel.
/// Bounded by the kernel's SP_MAX_POLICIES (128); lives as long as the policy. Not for several threads at once.
/// </summary>
/// <param name="policy">The policy in force.</param>
public sealed class PolicySelector(CompiledPolicy policy)
{
    /// <summary>The kernel's SP_MAX_POLICIES.</summary>
    public const int MaxPolicies = 128;

    private readonly List<(int[] Parts, PolicyEntry Entry)> combined = [];

    // Executables nest by folder, so n entries have at most n - 1 intersections. Their places are kept free of steps.
    private int reserved = Math.Max(0, policy.Policies.Count(entry => entry.Match?.Exe is not null) - 1);

    /// <summary>
    /// The policy of a step; index 0 when no entry matches. When the table is full, that of unknown steps: never wider.
    /// </summary>
    /// <param name="step">As far as it is known.</param>
    public PolicyEntry ForStep(StepIdentity step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return Combine([.. policy.Policies.Where(entry => entry.Match?.Matches(step) == true)], MaxPolicies - reserved)
            ?? policy.Policies[policy.UnknownStepIndex];
    }

    /// <summary>The policy of an executable; null when no entry matches.</summary>
    /// <param name="exe">Absolute path as seen by the process.</param>
    public PolicyEntry? ForExecutable(string exe)
    {
        ArgumentNullException.ThrowIfNull(exe);
        PolicyEntry[] matching = [.. policy.Policies.Where(entry => entry.Match?.MatchesExe(exe) == true)];
        if (matching.Length == 0)
        {
            return null;
        }
        int before = combined.Count;
        PolicyEntry? entry = Combine(matching, MaxPolicies);
        reserved -= combined.Count - before;
        return entry;
    }

    private PolicyEntry? Combine(PolicyEntry[] matching, int limit)
    {
        if (matching.Length <= 1)
        {
            return matching.Length == 0 ? policy.Policies[0] : matching[0];
        }
        int[] parts = [.. matching.Select(entry => entry.Index)];
        PolicyEntry? known = combined.Find(pair => pair.Parts.AsSpan().SequenceEqual(parts)).Entry;
        int index = policy.Policies.Length + combined.Count;
        if (known is not null || index >= limit)
        {
            return known;
        }
        PolicyEntry[] explicitModes = [.. matching.Where(entry => !entry.ModeInherited)];
        var entry = new PolicyEntry(
            index,
            null,
            matching.Select(part => part.Allow).Aggregate((left, right) => left.And(right)),
            explicitModes.Length == 0 ? policy.Mode : explicitModes.Max(part => part.Mode),
            explicitModes.Length == 0);
        combined.Add((parts, entry));
        return entry;
    }
}
