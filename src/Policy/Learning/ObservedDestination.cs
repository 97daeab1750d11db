using System.Net;

namespace Sallyport.Policy.Learning;

/// <summary>Something that a job called, asked or answered, as a report tells it.</summary>
/// <param name="Name">Name that was asked for, any case; null when an address was used directly.</param>
/// <param name="Address">Where it went, or the peer that called; null when unknown.</param>
/// <param name="Port">1 to 65535; 0 for what has no ports.</param>
/// <param name="Protocol">
/// <c>tcp</c>, <c>udp</c>, <c>icmp</c>; <c>proxy</c>, a proxy that was asked for something; <c>dns</c>, a question; <c>unix</c>, a
/// daemon of the machine. Others cannot be allowed.
/// </param>
/// <param name="NamedItself">False when a TCP flow was seen not to say its host's name (SNI, Host); null when unknown.</param>
/// <param name="Process">Executable or short name; null when unknown.</param>
/// <param name="Step">Id or name of the step; null when unknown.</param>
/// <param name="Count">Connections, or questions.</param>
public sealed record ObservedDestination(
    string? Name,
    IPAddress? Address,
    int Port,
    string Protocol,
    bool? NamedItself,
    string? Process,
    string? Step,
    long Count)
{
    /// <summary>Of a question (<see cref="DnsQuestionType"/>, or another word); null for A.</summary>
    public string? QuestionType { get; init; }

    /// <summary>Of a Unix socket: its path, or <c>@</c> and an abstract name.</summary>
    public string? Path { get; init; }

    /// <summary>The peer called the job, which answered.</summary>
    public bool IsInbound { get; init; }

    /// <summary>Why it takes the rule that it takes, for the comment behind it; null for nothing to say.</summary>
    public string? Note { get; init; }

    /// <summary>Why no rule lets it through; null when one does.</summary>
    public string? Obstacle { get; init; }
}
