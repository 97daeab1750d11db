namespace Sallyport.Reporting.Folding;

/// <summary>A flow whose end was not seen yet, and the row that counts it.</summary>
internal sealed class OpenFlow(ConnectionRow row, long attempts, long firstBootNs)
{
    public ConnectionRow Row { get; set; } = row;

    public long Attempts { get; set; } = attempts;

    public long FirstBootNs { get; } = firstBootNs;
}
