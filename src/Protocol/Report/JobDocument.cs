using System.Collections.Immutable;

namespace Sallyport.Protocol.Report;

/// <summary>The job and the machine it ran on.</summary>
/// <param name="Command">argv, masked.</param>
/// <param name="WorkingDirectory">Of the command.</param>
/// <param name="User">Name of the user that it ran as.</param>
/// <param name="Kernel"><c>uname -r</c>.</param>
/// <param name="Architecture"><c>uname -m</c>.</param>
public sealed record JobDocument(
    ImmutableArray<string> Command,
    string? WorkingDirectory,
    string? User,
    string? Kernel,
    string? Architecture);
