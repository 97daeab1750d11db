using Microsoft.Extensions.Logging.Console;
using Sallyport.Server.Configuration;

namespace Sallyport.Server.Operations;

/// <summary>Logs go to standard error: lines for people on a terminal, one JSON object a line elsewhere.</summary>
internal static class Logs
{
    public static void AddLogs(this ILoggingBuilder logging, LogFormat? format)
    {
        logging.ClearProviders();
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        logging.AddFilter("System.Net.Http.HttpClient", LogLevel.Warning);
        logging.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        if ((format ?? (Console.IsErrorRedirected ? LogFormat.Json : LogFormat.Text)) == LogFormat.Json)
        {
            logging.AddJsonConsole(options =>
            {
                options.UseUtcTimestamp = true;
                options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }
        else
        {
            logging.AddSimpleConsole(options =>
            {
                options.SingleLine = true;
                options.TimestampFormat = "HH:mm:ss ";
            });
        }
    }
}
