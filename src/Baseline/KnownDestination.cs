using System.Collections.Immutable;

namespace Sallyport.Baseline;

/// <summary>A destination that a job is known to call.</summary>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c>, <c>icmp</c>, or <c>ip-N</c>.</param>
/// <param name="Host">Canonical name, or address.</param>
/// <param name="Port">0 for protocols without ports.</param>
/// <param name="Runs">Runs in which it was seen, from 1.</param>
/// <param name="Steps">Ids of steps that called it, sorted, at most <see cref="MaxCallers"/>.</param>
/// <param name="Processes">Executables that called it, sorted, at most <see cref="MaxCallers"/>.</param>
public sealed record KnownDestination(
    string Protocol,
    string Host,
    int Port,
    long Runs,
    ImmutableArray<string> Steps,
    ImmutableArray<string> Processes)
{
    /// <summary>Bound of the two lists; when one is full, a further caller is not new any more.</summary>
    public const int MaxCallers = 32;

    internal (string, string, int) Key => (Protocol, Host, Port);
}
