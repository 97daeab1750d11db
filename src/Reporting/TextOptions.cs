namespace Sallyport.Reporting;

/// <summary>How to lay out the report on a terminal.</summary>
/// <param name="Columns">Width in cells; 80 at least, 200 at most.</param>
/// <param name="Colour">True for ANSI colours. A word or a sign always says the same.</param>
/// <param name="ReportPath">Where report.html is, to be named at the end; null when there is none.</param>
public sealed record TextOptions(int Columns = 80, bool Colour = false, string? ReportPath = null)
{
    internal int Width => Math.Clamp(Columns, 80, 200);
}
