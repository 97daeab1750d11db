namespace Sallyport.Reporting.Showing;

/// <summary>Everything that went to one name and port.</summary>
/// <param name="Endpoint">Name or address with port; escaped.</param>
/// <param name="Programs">Names of the programs, the most frequent first; escaped.</param>
/// <param name="Steps">Ids of the steps, the first first.</param>
/// <param name="BytesOut">Of closed flows.</param>
/// <param name="BytesIn">Of closed flows.</param>
/// <param name="Count">Connections.</param>
/// <param name="Rule">Text of the rule that decided first, or null.</param>
internal sealed record Destination(
    string Endpoint,
    IReadOnlyList<string> Programs,
    IReadOnlyList<string> Steps,
    long BytesOut,
    long BytesIn,
    long Count,
    string? Rule);
