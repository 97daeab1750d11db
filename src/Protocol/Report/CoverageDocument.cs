namespace Sallyport.Protocol.Report;

/// <summary>What was observed, part by part.</summary>
/// <param name="Steps">Of <see cref="ReportDocument.Steps"/>.</param>
/// <param name="Connections">Of <see cref="ReportDocument.Connections"/>.</param>
/// <param name="Dns">Of <see cref="ReportDocument.Dns"/>.</param>
/// <param name="Processes">Of <see cref="ReportDocument.Processes"/>.</param>
/// <param name="Files">Of <see cref="ReportDocument.Files"/>.</param>
/// <param name="ApiCalls">Of <see cref="ReportDocument.ApiCalls"/>, and of the permissions.</param>
/// <param name="Containers">Of <see cref="ReportDocument.Containers"/>.</param>
public sealed record CoverageDocument(
    Coverage Steps,
    Coverage Connections,
    Coverage Dns,
    Coverage Processes,
    Coverage Files,
    Coverage ApiCalls,
    Coverage Containers);
