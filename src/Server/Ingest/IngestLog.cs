namespace Sallyport.Server.Ingest;

internal static partial class IngestLog
{
    [LoggerMessage(10, LogLevel.Error, "{Count} segments could not be entered")]
    public static partial void LedgerFailed(ILogger log, int count, Exception why);
}
