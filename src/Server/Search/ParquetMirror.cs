using Sallyport.Server.Configuration;
using Sallyport.Server.Recordings;

namespace Sallyport.Server.Search;

/// <summary>
/// With a bucket, brings the Parquet files that other replicas have written to this one's disk, where it searches them: at the
/// start all within the retention, then those of today and yesterday, again and again. Without a bucket there is one folder.
/// </summary>
internal sealed partial class ParquetMirror(
    ServerSettings settings, EventFiles files, IRecordingStore recordings, TimeProvider time, ILogger<ParquetMirror> log)
    : BackgroundService
{
    /// <summary>Between two looks; what another replica has folded is found here within it.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.Bucket is null)
        {
            return;
        }

        var days = settings.Limits.RetentionDays;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FetchAsync(days, stoppingToken);
                days = 2;
                await Task.Delay(Pause, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it was: the bucket is asked again.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogFailed(log, e);
                await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task FetchAsync(int days, CancellationToken cancellation)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        for (var back = 0; back < days; back++)
        {
            var prefix = $"{EventFiles.DayFolder(today.AddDays(-back))}/";
            await foreach (var name in recordings.ListAsync(prefix, cancellation))
            {
                if (IsOurs(name) && !File.Exists(files.PathOf(name)))
                {
                    await FetchAsync(name, cancellation);
                }
            }
        }
    }

    // Who can write into the bucket cannot write elsewhere on this disk.
    private static bool IsOurs(string name) =>
        name.EndsWith(".parquet", StringComparison.Ordinal)
        && name.Split('/') is [EventFiles.Folder, _, _, _, _] parts
        && !parts.Any(part => part is "." or ".." or "");

    private async Task FetchAsync(string name, CancellationToken cancellation)
    {
        await using var from = await recordings.OpenAsync(name, cancellation);
        if (from is null)
        {
            return;
        }

        var temporary = Path.Combine(settings.WorkFolder, $"{Guid.NewGuid():n}.parquet");
        try
        {
            await using (var to = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                await from.CopyToAsync(to, cancellation);
            }

            files.Place(name, temporary);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    [LoggerMessage(40, LogLevel.Warning, "Parquet files of other replicas could not be fetched")]
    private static partial void LogFailed(ILogger log, Exception why);
}
