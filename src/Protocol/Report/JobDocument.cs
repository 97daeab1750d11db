using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Report;

/// <summary>The job and the machine it ran on.</summary>
/// <param name="Command">argv, masked.</param>
/// <param name="WorkingDirectory">Of the command.</param>
/// <param name="User">Name of the user that it ran as.</param>
/// <param name="Kernel"><c>uname -r</c>.</param>
/// <param name="Architecture"><c>uname -m</c>.</param>
/// <param name="GitHub">The job of an Actions runner; null elsewhere.</param>
public sealed record JobDocument(
    ImmutableArray<string> Command,
    string? WorkingDirectory,
    string? User,
    string? Kernel,
    string? Architecture,
    [property: JsonPropertyName("github")] GitHubDocument? GitHub);
