using System.Net;

namespace Sallyport.Policy.Learning;

/// <summary>Something that a job called, as a report tells it.</summary>
/// <param name="Name">Name that was asked for, any case; null when an address was used directly.</param>
/// <param name="Address">Where it went; null when unknown. Used only without a name.</param>
/// <param name="Port">1 to 65535; 0 for protocols without ports.</param>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c>, <c>icmp</c>; others cannot be allowed.</param>
/// <param name="NamedItself">False when a TCP flow was seen to say no name (SNI, Host); null when unknown.</param>
/// <param name="Process">Executable or short name; null when unknown.</param>
/// <param name="Step">Id or name of the step; null when unknown.</param>
/// <param name="Count">Connections.</param>
public sealed record ObservedDestination(
    string? Name,
    IPAddress? Address,
    int Port,
    string Protocol,
    bool? NamedItself,
    string? Process,
    string? Step,
    long Count);
