namespace Sallyport.Policy.Compiling;

/// <summary>One key of the kernel's name table.</summary>
/// <param name="Name">Canonical; of a wildcard, the zone.</param>
/// <param name="Wildcard">The key matches names with one or more labels to the left of <paramref name="Name"/>.</param>
/// <param name="Rules">Union of every rule that matches all names under this key: the table gives the longest key only.</param>
/// <param name="AskOnly">
/// May be asked by whatever policy, also without rules: an allowed name with a search suffix or a service prefix
/// (HARDENING B). Its answer leases <paramref name="Rules"/> only.
/// </param>
public sealed record NameEntry(string Name, bool Wildcard, RuleSet Rules, bool AskOnly);
