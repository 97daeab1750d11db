using Sallyport.Server.Configuration;
using Sallyport.Server.Insights;
using Sallyport.Server.Recordings;
using Sallyport.Server.Store;

namespace Sallyport.Server.Search;

/// <summary>
/// With a bucket, keeps the Parquet files on this replica's disk, where it searches them, as they are there: brings those that other
/// replicas wrote or changed, and removes those of jobs that are gone and of earlier folds. What the bucket never had, of before there was one, stays
/// with its job. Days of now are looked at again and again, all days once in a while. Without a bucket there is one folder.
/// </summary>
internal sealed partial class ParquetMirror(
    ServerSettings settings, Database database, EventFiles files, IRecordingStore recordings, TimeProvider time, ILogger<ParquetMirror> log)
    : BackgroundService
{
    /// <summary>Jobs that one question is about.</summary>
    private const int AskedAtOnce = 500;

    /// <summary>Between two looks at today and yesterday; what another replica has folded is found here within it.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <summary>Between two looks at all days: what retention removed elsewhere is gone here within it, and what was folded again late is as it is.</summary>
    public static readonly TimeSpan WholePause = TimeSpan.FromMinutes(30);

    // Versions of today's and yesterday's files as they were fetched or found; of those that a look no longer lists, none.
    private Dictionary<string, string> known = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.Bucket is null)
        {
            return;
        }

        DateTimeOffset? whole = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var now = time.GetUtcNow();
                if (whole is null || now - whole >= WholePause)
                {
                    await LookAtAllAsync(stoppingToken);
                    whole = now;
                }

                await LookAtNowAsync(stoppingToken);
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

    /// <summary>Makes today's and yesterday's files the bucket's.</summary>
    public async Task LookAtNowAsync(CancellationToken cancellation)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var day in new[] { EventFiles.DayFolder(today), EventFiles.DayFolder(today.AddDays(-1)) })
        {
            var objects = new List<StoredObject>();
            await foreach (var one in recordings.ListAsync($"{day}/", cancellation))
            {
                objects.Add(one);
            }

            await MatchAsync(day, objects, cancellation);
            foreach (var one in objects)
            {
                seen[one.Name] = one.Version;
            }
        }

        known = seen;
    }

    /// <summary>Makes the files of all days the bucket's. In memory are the names of one day; a file of the same length counts as the same.</summary>
    public async Task LookAtAllAsync(CancellationToken cancellation)
    {
        var gone = files.Days().ToHashSet(StringComparer.Ordinal);
        var (day, objects) = ("", new List<StoredObject>());
        // In order of their names: day by day.
        await foreach (var one in recordings.ListAsync($"{EventFiles.Folder}/", cancellation))
        {
            var its = string.Join('/', one.Name.Split('/').Take(2));
            if (its != day)
            {
                await MatchAsync(day, objects, cancellation);
                (day, objects) = (its, []);
                gone.Remove(day);
            }

            objects.Add(one);
        }

        await MatchAsync(day, objects, cancellation);
        foreach (var left in gone)
        {
            await MatchAsync(left, [], cancellation);
        }
    }

    private async Task MatchAsync(string day, List<StoredObject> objects, CancellationToken cancellation)
    {
        foreach (var one in objects.Where(one => IsOurs(one.Name) && !IsHere(one)))
        {
            await FetchAsync(one.Name, cancellation);
        }

        if (day.Length == 0)
        {
            return;
        }

        var names = objects.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var some in files.NamesOf(day).Where(name => !names.Contains(name)).ToList().Chunk(AskedAtOnce))
        {
            await RemoveGoneAsync(some, cancellation);
        }
    }

    // The sweep removes a job's data first, then its row: the row is the last that is there of it.
    private async Task RemoveGoneAsync(string[] names, CancellationToken cancellation)
    {
        var ids = names.Select(EventFiles.JobOf).Distinct().ToArray();
        var there = (await database.ListAsync<JobRow>(
            $"SELECT * FROM job WHERE {database.Among("id", nameof(ids))}", new { ids }, cancellation)).Select(EventFiles.FileOf).ToHashSet(StringComparer.Ordinal);
        foreach (var name in names.Where(name => !there.Contains(Path.GetFileName(name))))
        {
            files.Remove(name);
        }
    }

    private bool IsHere(StoredObject one)
    {
        var file = new FileInfo(files.PathOf(one.Name));
        return file.Exists && (known.TryGetValue(one.Name, out var version) ? version == one.Version : file.Length == one.Bytes);
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

    [LoggerMessage(40, LogLevel.Warning, "Parquet files could not be made what the bucket has; they are looked at again")]
    private static partial void LogFailed(ILogger log, Exception why);
}
