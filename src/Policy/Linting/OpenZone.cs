namespace Sallyport.Policy.Linting;

/// <summary>A zone below which anybody can have a name of their own.</summary>
/// <param name="Zone">Canonical.</param>
/// <param name="Owner">Whose service it is.</param>
/// <param name="Deep">
/// Zones inside it are open too (regions, services), so no wildcard in it is safe; otherwise a zone below it belongs to
/// one customer.
/// </param>
public sealed record OpenZone(string Zone, string Owner, bool Deep);
