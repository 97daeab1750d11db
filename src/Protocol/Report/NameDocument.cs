using System.Collections.Immutable;
using Sallyport.Protocol.Recording;

namespace Sallyport.Protocol.Report;

/// <summary>DNS questions of one process for one name that met the same fate.</summary>
/// <param name="Id">Of the row.</param>
/// <param name="Name">Lower case, without trailing dot.</param>
/// <param name="Type"><c>A</c>, <c>AAAA</c>, … or <c>TYPE65</c>.</param>
/// <param name="Verdict">Of the kernel.</param>
/// <param name="WouldRefuse">True on <c>observed</c>: block mode would have refused it.</param>
/// <param name="Rule">Text of the rule that decided, or null.</param>
/// <param name="RuleOrigin">Where that rule stands, or null.</param>
/// <param name="Reason">The kernel's, kebab-case.</param>
/// <param name="Resolver">Address that was asked first.</param>
/// <param name="Transport"><c>udp</c> or <c>tcp</c>.</param>
/// <param name="Addresses">That answers leased to the name, sorted.</param>
/// <param name="Count">Questions.</param>
/// <param name="First">Wall clock.</param>
/// <param name="Last">Wall clock.</param>
/// <param name="Step">Id, or null.</param>
/// <param name="Process">Id, or null.</param>
/// <param name="Container">Id, or null on the host.</param>
public sealed record NameDocument(
    string Id,
    string Name,
    string Type,
    RecordedVerdict Verdict,
    bool WouldRefuse,
    string? Rule,
    string? RuleOrigin,
    string Reason,
    string Resolver,
    string Transport,
    ImmutableArray<string> Addresses,
    long Count,
    DateTimeOffset First,
    DateTimeOffset Last,
    string? Step,
    string? Process,
    string? Container);
