using System.Collections.Immutable;

namespace Sallyport.Protocol.Report;

/// <summary>A permission that GITHUB_TOKEN needed.</summary>
/// <param name="Access"><c>read</c> or <c>write</c>.</param>
/// <param name="ApiCalls">Ids of the calls that need it.</param>
public sealed record PermissionDocument(string Access, ImmutableArray<string> ApiCalls);
