namespace Sallyport.Protocol.Recording;

/// <summary>Something was dropped: the report is incomplete.</summary>
/// <param name="Reason">Kebab-case name of hop and reason: <c>event-ring</c>, <c>alert-ring</c>, <c>lease-table</c>, …</param>
/// <param name="Count">Since the last line of the same reason.</param>
public sealed record EventsLost(
    string Reason,
    long Count) : RecordedEvent;
