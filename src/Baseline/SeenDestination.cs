namespace Sallyport.Baseline;

/// <summary>Something that one run called.</summary>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c>, <c>icmp</c>, or <c>ip-N</c>.</param>
/// <param name="Host">Canonical name, or address.</param>
/// <param name="Port">0 for protocols without ports.</param>
/// <param name="Step">Id of the step; null when unknown.</param>
/// <param name="Process">Executable; null when unknown.</param>
/// <param name="Refused">It did not leave: it can be new, and is never learned.</param>
public sealed record SeenDestination(
    string Protocol, string Host, int Port, string? Step, string? Process, bool Refused);
