using Sallyport.Server.Insights;

namespace Sallyport.Server.Ui;

/// <summary>Jobs as rows of a table.</summary>
internal sealed record JobsTable(IReadOnlyList<JobRow> Rows, DateTimeOffset Now);
