namespace Sallyport.Server.Insights;

/// <summary>A report is larger than what is rendered or judged here: it can be taken as report.json, and the recording with it.</summary>
internal sealed class ReportTooLargeException : Exception
{
    public ReportTooLargeException()
        : this($"The report has more than {Reports.MaximumDocumentBytes >> 20} MiB, and can be taken as report.json or as the recording alone.")
    {
    }

    public ReportTooLargeException(string message)
        : base(message)
    {
    }

    public ReportTooLargeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
