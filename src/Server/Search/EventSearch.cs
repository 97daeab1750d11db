using System.Collections.Immutable;
using System.Data.Common;
using System.Diagnostics;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Sallyport.Server.Access;
using Sallyport.Server.Insights;
using Sallyport.Server.Store;

namespace Sallyport.Server.Search;

/// <summary>
/// Searches the Parquet files of all jobs with DuckDB, in this process: within a bound of memory and of time, with no way to
/// anything but those files, and only in the folders of organisations that the viewer may look into.
/// </summary>
internal sealed class EventSearch(Database database, EventFiles files, TimeProvider time) : IDisposable
{
    public const int MaximumMatches = 200;

    /// <summary>Folders (day × repository) that one search looks into; the newest.</summary>
    public const int MaximumFolders = 20_000;

    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(15);

    private const string Less = "ask for fewer days, or for one organisation or repository.";

    // Searches at once; others wait, and are told after the time limit.
    private const int MaximumAtOnce = 2;

    private readonly SemaphoreSlim gate = new(MaximumAtOnce);
    private readonly Lazy<DuckDBConnection> engine = new(() => Open(files.Root));

    /// <summary>Searches.</summary>
    /// <exception cref="TimeoutException">It took more than <see cref="TimeLimit"/>, or than the memory that it has; says so to who asked.</exception>
    public async Task<EventAnswer> FindAsync(EventQuery query, Viewer viewer, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var oldest = today.AddDays(1 - query.Days);
        using var late = new CancellationTokenSource(TimeLimit, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        List<FoundJob> found;
        try
        {
            await gate.WaitAsync(limit.Token);
            try
            {
                (found, oldest) = await Task.Run(() => Find(query, viewer, oldest, today, limit.Token), CancellationToken.None);
            }
            finally
            {
                gate.Release();
            }
        }
        catch (Exception e) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"It took more than {TimeLimit.TotalSeconds:0} seconds: {Less}", e);
        }
        catch (DuckDBException e) when (e.ErrorType == DuckDBErrorType.OutOfMemory)
        {
            throw new TimeoutException($"It needs more memory than a search may have: {Less}", e);
        }
        catch (DuckDBException e) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancellation);
        }

        var matches = await WithJobsAsync(query, viewer, found, cancellation);
        return new EventAnswer(
            [.. matches.Take(MaximumMatches)], found.Count > MaximumMatches, oldest, watch.ElapsedMilliseconds);
    }

    public void Dispose()
    {
        if (engine.IsValueCreated)
        {
            engine.Value.Dispose();
        }

        gate.Dispose();
    }

    // Settings are locked after: no query can take them back.
    internal static DuckDBConnection Open(string root)
    {
        Directory.CreateDirectory(root);
        var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The data folder is the operator's.
        command.CommandText = $"""
            SET memory_limit = '256MB';
            SET threads = {Math.Clamp(Environment.ProcessorCount, 1, 4)};
            SET temp_directory = '';
            SET preserve_insertion_order = false;
            SET parquet_metadata_cache = true;
            SET autoinstall_known_extensions = false;
            SET autoload_known_extensions = false;
            SET allowed_directories = ['{root.Replace("'", "''", StringComparison.Ordinal)}/'];
            SET enable_external_access = false;
            SET lock_configuration = true;
            """;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
        return connection;
    }

    private List<string> FoldersOf(EventQuery query, Viewer viewer, DateOnly from, DateOnly to)
    {
        var owners = query.Owner is { } owner
            ? viewer.May(owner, Role.Viewer) ? [owner] : []
            : viewer.SeesAll ? null : viewer.Owners;
        return [.. files.FoldersOf(from, to, owners, query.Repository)
            .Where(folder => Directory.EnumerateFiles(folder, "*.parquet").Any())
            .Take(MaximumFolders)];
    }

    // A file or folder that the sweep removes between the listing and the search fails it: it is listed again, once.
    private (List<FoundJob> Found, DateOnly Oldest) Find(
        EventQuery query, Viewer viewer, DateOnly oldest, DateOnly today, CancellationToken cancellation)
    {
        for (var isAgain = false; ; isAgain = true)
        {
            try
            {
                var folders = FoldersOf(query, viewer, oldest, today);
                var from = folders.Count == MaximumFolders ? DayOf(folders[^1]) : oldest;
                return (folders.Count == 0 ? [] : Find(query, folders, cancellation), from);
            }
            catch (Exception e) when (!isAgain && !cancellation.IsCancellationRequested
                && e is DirectoryNotFoundException or DuckDBException { ErrorType: not DuckDBErrorType.OutOfMemory })
            {
            }
        }
    }

    private List<FoundJob> Find(EventQuery query, List<string> folders, CancellationToken cancellation)
    {
        using var connection = engine.Value.Duplicate();
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // What was asked is a parameter; names of folders are the server's own.
        command.CommandText = EventSql.Of(query, folders.Select(Glob), MaximumMatches + 1, out var value);
#pragma warning restore CA2100
        command.Parameters.Add(new DuckDBParameter(EventSql.Value, value));
        using var stop = new QueryStop(command, time, cancellation);
        cancellation.ThrowIfCancellationRequested();
        var found = new List<FoundJob>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            found.Add(new FoundJob(
                reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), Text(reader, 4), Text(reader, 5),
                Text(reader, 6), Text(reader, 7), reader.GetBoolean(8), Path.GetFileName(reader.GetString(9))));
        }

        return found;
    }

    // Whose job it is says the database, not the path.
    private async Task<IEnumerable<EventMatch>> WithJobsAsync(
        EventQuery query, Viewer viewer, List<FoundJob> found, CancellationToken cancellation)
    {
        var ids = found.Select(job => job.Job).Distinct().ToArray();
        var jobs = (await database.ListAsync<JobRow>($"SELECT * FROM job WHERE {database.Among("id", nameof(ids))}", new { ids }, cancellation))
            .Where(job => viewer.May(job.Owner, Role.Viewer))
            .Where(job => query.Repository is null || string.Equals(job.Repository, query.Repository, StringComparison.Ordinal))
            .ToDictionary(job => job.Id, StringComparer.Ordinal);
        // While a job is folded again, and until another replica's file is here, there are two files or the earlier: the one that counts, else the later.
        return found.Where(one => jobs.ContainsKey(one.Job)).GroupBy(one => one.Job).Select(files =>
        {
            var job = jobs[files.Key];
            var one = files.FirstOrDefault(file => file.File == EventFiles.FileOf(job)) ?? files.First();
            return new EventMatch(
                job.Id, job.Owner, job.Repository, job.Workflow, job.DisplayName, job.RunId, job.RunAttempt, job.RegisteredMs,
                one.Matches, one.FirstMs, one.LastMs, one.Step, one.Program, one.Command, one.Target, one.Refused);
        });
    }

    // The data folder's own name may hold what a pattern means; the rest holds nothing of it.
    private static string Glob(string folder) =>
        $"{string.Concat(folder.Select(letter => letter is '[' or '*' or '?' ? $"[{letter}]" : $"{letter}"))}/*.parquet";

    private static DateOnly DayOf(string folder) =>
        DateOnly.ParseExact(
            folder.Split('/').First(part => part.StartsWith("day=", StringComparison.Ordinal) && part.Length == 14)[4..],
            "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static string? Text(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private sealed record FoundJob(
        string Job, long Matches, long FirstMs, long LastMs, string? Step, string? Program, string? Command, string? Target, bool Refused, string File);
}
