using System.Text.Json.Serialization;
using Sallyport.Protocol.Recording;

namespace Sallyport.Protocol.Report;

/// <summary>Flows of one process to one destination that met the same fate.</summary>
/// <param name="Id">Of the row.</param>
/// <param name="Destination">The name that the flow said or, without one, that leased the address, else the address.</param>
/// <param name="LeasedName">Name that the job had asked for and that leased the address; null when none did.</param>
/// <param name="Sni">
/// Name that the flow itself said, by TLS, HTTP or CONNECT (<paramref name="NameSource"/>). A refused row where it
/// differs from <paramref name="LeasedName"/> is a mismatch of names. Empty when it had its chance and said none.
/// </param>
/// <param name="NameSource"><c>sni</c>, <c>http-host</c>, <c>http-connect</c>, or null.</param>
/// <param name="Address">Of the peer, RFC 5952 for IPv6.</param>
/// <param name="Port">0 for protocols without ports.</param>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c>, <c>icmp</c>, or <c>ip-N</c>.</param>
/// <param name="Verdict">Of the kernel.</param>
/// <param name="WouldRefuse">True on <c>observed</c>: block mode would have refused it.</param>
/// <param name="Rule">Text of the rule that decided, or null.</param>
/// <param name="RuleOrigin">Where that rule stands, or null.</param>
/// <param name="Reason">The kernel's, kebab-case.</param>
/// <param name="Hook">Where the verdict was given.</param>
/// <param name="BytesOut">Payload that left, bytes; of flows whose end was seen.</param>
/// <param name="BytesIn">Payload that came, bytes; of flows whose end was seen.</param>
/// <param name="Count">Flows or attempts.</param>
/// <param name="First">Wall clock.</param>
/// <param name="Last">Wall clock.</param>
/// <param name="Step">Id, or null.</param>
/// <param name="Process">Id, or null.</param>
/// <param name="Container">Id, or null on the host.</param>
/// <param name="New">
/// Whether an earlier run never reached or tried it (protocol, destination, port); null when the run was not compared, and on
/// rows that do not leave the machine. Added within v1: a report without it reads as not compared.
/// </param>
public sealed record ConnectionDocument(
    string Id,
    string Destination,
    string? LeasedName,
    string? Sni,
    string? NameSource,
    string Address,
    int Port,
    string Protocol,
    RecordedVerdict Verdict,
    bool WouldRefuse,
    string? Rule,
    string? RuleOrigin,
    string Reason,
    string Hook,
    long BytesOut,
    long BytesIn,
    long Count,
    DateTimeOffset First,
    DateTimeOffset Last,
    string? Step,
    string? Process,
    string? Container,
    bool? New = null)
{
    /// <summary>
    /// Port that CONNECT or an absolute URI asked a proxy for, beside the name in <see cref="Sni"/>; null when none was said, and then
    /// not written. Added within v1.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? AskedPort { get; init; }
}
