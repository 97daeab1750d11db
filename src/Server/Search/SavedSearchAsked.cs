namespace Sallyport.Server.Search;

/// <summary>A search to keep.</summary>
/// <param name="Owner">Organisation whose members see it.</param>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="What">As in a search.</param>
/// <param name="Value">As in a search.</param>
/// <param name="Days">As in a search; 90 when null.</param>
/// <param name="Repository">Name without its owner; null for all.</param>
internal sealed record SavedSearchAsked(string? Owner, string? Name, string? What, string? Value, int? Days, string? Repository);
