using Sallyport.Protocol.Recording;

namespace Sallyport.Reporting.Folding;

/// <summary>What makes two DNS questions one row of the report.</summary>
internal readonly record struct NameKey(
    string Name,
    string Type,
    RecordedVerdict Verdict,
    string Reason,
    string? Process,
    string? Step,
    string? Container);
