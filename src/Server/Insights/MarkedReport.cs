using Sallyport.Protocol.Report;

namespace Sallyport.Server.Insights;

/// <summary>A report whose rows of egress say whether they are new.</summary>
/// <param name="New">Destinations that are new; null when there is no earlier job to compare with, and then no row is marked.</param>
internal sealed record MarkedReport(ReportDocument Report, int? New);
