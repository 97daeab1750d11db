namespace Sallyport.Protocol.Report;

/// <summary>Calls of the GitHub API by one process.</summary>
/// <param name="Id">Of the row.</param>
/// <param name="Host">For example <c>api.github.com</c>.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">As called.</param>
/// <param name="Route">Template that the path fits, or null.</param>
/// <param name="Permission">That the call needs, or null.</param>
/// <param name="Access"><c>read</c>, <c>write</c>, or null.</param>
/// <param name="Token"><c>job</c>, <c>other</c> or <c>none</c>.</param>
/// <param name="Count">Calls.</param>
/// <param name="First">Wall clock.</param>
/// <param name="Step">Id, or null.</param>
/// <param name="Process">Id, or null.</param>
public sealed record ApiCallDocument(
    string Id,
    string Host,
    string Method,
    string Path,
    string? Route,
    string? Permission,
    string? Access,
    string Token,
    long Count,
    DateTimeOffset First,
    string? Step,
    string? Process);
