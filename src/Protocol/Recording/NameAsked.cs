namespace Sallyport.Protocol.Recording;

/// <summary>A DNS question was judged.</summary>
/// <param name="Name">Lower case, without trailing dot; bytes outside [a-z0-9_.-] as \\DDD (RFC 4343 section 2.1).</param>
/// <param name="QuestionType"><c>A</c>, <c>AAAA</c>, … or <c>TYPE65</c>.</param>
/// <param name="Resolver">Address that was asked.</param>
/// <param name="Transport"><c>udp</c> or <c>tcp</c>.</param>
/// <param name="Verdict">Of the kernel.</param>
/// <param name="Rule">Number of the rule that decided, or null.</param>
/// <param name="Reason">Kebab-case name of the kernel's reason.</param>
/// <param name="Process">Who asked, or null when unknown.</param>
/// <param name="Step">Id of the step, when known.</param>
/// <param name="Container">Id of the container, or null on the host.</param>
public sealed record NameAsked(
    string Name,
    string QuestionType,
    string Resolver,
    string Transport,
    RecordedVerdict Verdict,
    int? Rule,
    string Reason,
    string? Process,
    string? Step,
    string? Container) : RecordedEvent;
