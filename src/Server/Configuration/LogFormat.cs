namespace Sallyport.Server.Configuration;

/// <summary>How a log line looks.</summary>
internal enum LogFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    Json,
}
