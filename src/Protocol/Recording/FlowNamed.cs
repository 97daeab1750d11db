using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Recording;

/// <summary>A flow said its name and was judged by it.</summary>
/// <param name="Connection">Id of the socket's flow.</param>
/// <param name="Source"><c>sni</c>, <c>http-host</c>, <c>http-connect</c>, or null when it did not name itself.</param>
/// <param name="Presented">The name it said; empty when none, or when it said the peer's own address.</param>
/// <param name="Leased">Name that leased the address.</param>
/// <param name="Address">Of the peer.</param>
/// <param name="Port">Of the peer.</param>
/// <param name="Verdict">Of the kernel.</param>
/// <param name="Rule">Number of the rule that decided, or null.</param>
/// <param name="Reason">Kebab-case name of the kernel's reason.</param>
/// <param name="Process">Who, or null when unknown.</param>
/// <param name="Step">Id of the step, when known.</param>
/// <param name="Container">Id of the container, or null on the host.</param>
public sealed record FlowNamed(
    string Connection,
    string? Source,
    string Presented,
    string? Leased,
    string Address,
    int Port,
    RecordedVerdict Verdict,
    int? Rule,
    string Reason,
    string? Process,
    string? Step,
    string? Container) : RecordedEvent
{
    /// <summary>Port that CONNECT or an absolute URI asks a proxy for; null when none was said, and then not written.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? AskedPort { get; init; }
}
