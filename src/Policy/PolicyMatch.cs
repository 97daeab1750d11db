namespace Sallyport.Policy;

/// <summary>
/// What a block of <c>steps</c> or <c>processes</c> applies to. A step matches when everything that is set is equal;
/// a process when its executable is <see cref="Exe"/> or below it.
/// </summary>
/// <param name="Id">Id of a step, compared exactly.</param>
/// <param name="Name">Display name of a step, compared exactly.</param>
/// <param name="Action">Action of a step, <c>owner/repo</c> or <c>owner/repo/path</c>; a ref after <c>@</c> is compared only when given here.</param>
/// <param name="Exe">Absolute path, or <c>/folder/**</c>.</param>
public sealed record PolicyMatch(string? Id, string? Name, string? Action, string? Exe)
{
    /// <summary>Whether the block is for this step.</summary>
    /// <param name="step">The step, as far as it is known.</param>
    public bool Matches(StepIdentity step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return Exe is null
            && (Id is null || Id == step.Id)
            && (Name is null || Name == step.Name)
            && (Action is null || MatchesAction(step.Action));
    }

    /// <summary>Whether the block is for this executable.</summary>
    /// <param name="exe">Absolute path as seen by the process.</param>
    public bool MatchesExe(string exe)
    {
        ArgumentNullException.ThrowIfNull(exe);
        return Exe is not null && (Exe.EndsWith("/**", StringComparison.Ordinal)
            ? exe.Length > Exe.Length - 2 && exe.AsSpan().StartsWith(Exe.AsSpan(0, Exe.Length - 2), StringComparison.Ordinal)
            : string.Equals(Exe, exe, StringComparison.Ordinal));
    }

    /// <summary><c>id publish</c>, <c>name "Check links"</c>, <c>exe /usr/bin/git</c>.</summary>
    public override string ToString() => string.Join(", ", new[]
    {
        Id is null ? null : $"id {Escape.Text(Id)}",
        Name is null ? null : $"name \"{Escape.Text(Name)}\"",
        Action is null ? null : $"action {Escape.Text(Action)}",
        Exe is null ? null : $"exe {Escape.Text(Exe)}",
    }.Where(part => part is not null));

    // GitHub compares owner and repository without regard to case.
    private bool MatchesAction(string? action)
    {
        if (action is null)
        {
            return false;
        }
        ReadOnlySpan<char> actual = action;
        int at = actual.IndexOf('@');
        return actual.Equals(Action, StringComparison.OrdinalIgnoreCase)
            || at >= 0 && actual[..at].Equals(Action, StringComparison.OrdinalIgnoreCase);
    }
}
