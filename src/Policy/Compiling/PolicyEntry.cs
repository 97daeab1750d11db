namespace Sallyport.Policy.Compiling;

/// <summary>One policy of the kernel's table.</summary>
/// <param name="Index">0 is the top level.</param>
/// <param name="Match">What it applies to; null for the top level, unknown steps and intersections.</param>
/// <param name="Allow">Rules that allow here.</param>
/// <param name="Mode">The mode in force here.</param>
/// <param name="ModeInherited">
/// No mode was written: a process entry then takes the mode of the step (or of the top level); where both have one of
/// their own, block wins.
/// </param>
public sealed record PolicyEntry(int Index, PolicyMatch? Match, RuleSet Allow, PolicyMode Mode, bool ModeInherited);
