using Sallyport.Protocol.Recording;

namespace Sallyport.Reporting.Folding;

/// <summary>What makes two flows one row of the report.</summary>
internal readonly record struct ConnectionKey(
    string Address,
    int Port,
    string Protocol,
    string? LeasedName,
    string? Presented,
    RecordedVerdict Verdict,
    string Reason,
    string? Process,
    string? Step,
    string? Container,
    int? AskedPort = null)
{
    public bool HasSameDestination(string address, int port) =>
        Port == port && string.Equals(Address, address, StringComparison.Ordinal);
}
