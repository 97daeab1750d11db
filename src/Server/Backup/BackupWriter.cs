using System.Data;
using System.Data.Common;
using System.Formats.Tar;
using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;
using Sallyport.Protocol.Recording;
using Sallyport.Server.Configuration;
using Sallyport.Server.Ingest;
using Sallyport.Server.Insights;
using Sallyport.Server.Recordings;
using Sallyport.Server.Search;
using Sallyport.Server.Store;
using ZstdSharp;

namespace Sallyport.Server.Backup;

/// <summary>
/// Writes a backup while the server goes on: all rows as of one moment, then the objects. A job whose segments were joined in
/// between has its recording cut again, so that what the rows say is there.
/// </summary>
internal sealed class BackupWriter(
    Database database, IRecordingStore recordings, ServerSettings settings, TimeProvider time, TarWriter tar, string scratch)
{
    private readonly HashSet<string> pieces = new(StringComparer.Ordinal);
    private long rows;
    private long objects;
    private long objectBytes;

    /// <summary>Writes the file; it appears whole, readable by its owner alone.</summary>
    /// <exception cref="IOException">It is there already, or cannot be written.</exception>
    public static async Task<BackupTotals> WriteAsync(
        string path, bool withKeys, bool withRecordings, ServerSettings settings, Database database, IRecordingStore recordings,
        TimeProvider time, CancellationToken cancellation)
    {
        var part = $"{path}.{Guid.NewGuid():n}.part";
        try
        {
            BackupTotals totals;
            await using (var file = new FileStream(part, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }))
            {
                await using (var packed = new CompressionStream(file, leaveOpen: true))
                await using (var tar = new TarWriter(packed, TarEntryFormat.Pax, leaveOpen: true))
                {
                    var writer = new BackupWriter(database, recordings, settings, time, tar, $"{part}.scratch");
                    totals = await writer.WriteAsync(withKeys, withRecordings, cancellation);
                }

                await file.FlushAsync(cancellation);
                RandomAccess.FlushToDisk(file.SafeFileHandle);
            }

            File.Move(part, path, overwrite: false);
            return totals;
        }
        finally
        {
            File.Delete(part);
            File.Delete($"{part}.scratch");
        }
    }

    private async Task<BackupTotals> WriteAsync(bool withKeys, bool withRecordings, CancellationToken cancellation)
    {
        await using (var connection = await database.OpenAsync(cancellation))
        await using (var moment = await BeginAsync(connection, cancellation))
        {
            var scripts = await Migrator.AppliedAsync(connection, moment);
            var version = typeof(BackupWriter).Assembly.GetName().Version?.ToString(3) ?? "";
            var manifest = new BackupManifest(
                BackupManifest.CurrentFormat, version, time.GetUtcNow(), [.. scripts], BackupEntry.KeyId(settings.MasterKeyFile), withKeys, withRecordings);
            await AddAsync(BackupEntry.Manifest, JsonSerializer.SerializeToUtf8Bytes(manifest), cancellation);
            if (withKeys)
            {
                await AddAsync(BackupEntry.Key, await File.ReadAllBytesAsync(settings.MasterKeyFile, cancellation), cancellation);
            }

            foreach (var table in await StoredTable.ListAsync(connection, moment, database.Kind))
            {
                await AddRowsAsync(connection, moment, table, cancellation);
            }

            pieces.UnionWith(await connection.QueryAsync<string>(
                "SELECT id FROM job WHERE segments > 0 AND COALESCE(recorded, '') <> @Joined", new { FinishJob.Joined }, moment));
        }

        if (withRecordings)
        {
            await AddObjectsAsync(cancellation);
        }

        var totals = new BackupTotals(rows, objects, objectBytes);
        await AddAsync(BackupEntry.End, JsonSerializer.SerializeToUtf8Bytes(totals), cancellation);
        return totals;
    }

    // A snapshot that holds no writer up.
#pragma warning disable CA1849 // SQLite's begins at once, and its asynchronous form locks writers out.
    private static async Task<DbTransaction> BeginAsync(DbConnection connection, CancellationToken cancellation) => connection is SqliteConnection sqlite
        ? sqlite.BeginTransaction(deferred: true)
        : await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
#pragma warning restore CA1849

    private async Task AddRowsAsync(DbConnection connection, DbTransaction moment, StoredTable table, CancellationToken cancellation)
    {
        await using (var scratchFile = new StreamWriter(scratch, append: false))
        {
            await scratchFile.WriteLineAsync(RowText.Header(table));
            await using var reader = await connection.ExecuteReaderAsync(new CommandDefinition(table.Select, transaction: moment, cancellationToken: cancellation));
            while (await reader.ReadAsync(cancellation))
            {
                await scratchFile.WriteLineAsync(RowText.Of(reader));
                rows++;
            }
        }

        await using var stream = File.OpenRead(scratch);
        await AddAsync(BackupEntry.RowsOf(table.Name), stream, cancellation);
    }

    private async Task AddObjectsAsync(CancellationToken cancellation)
    {
        await foreach (var one in recordings.ListAsync("", cancellation))
        {
            // One that is gone by now was joined, or its job was removed.
            if (await recordings.OpenAsync(one.Name, cancellation) is { } stream)
            {
                await using (stream)
                {
                    await AddObjectAsync(one.Name, stream, cancellation);
                }
            }
        }

        if (settings.Bucket is null)
        {
            await AddEventFilesAsync(cancellation);
        }

        foreach (var some in pieces.Order(StringComparer.Ordinal).Chunk(500))
        {
            var joined = await database.ListAsync<JobRow>(
                $"SELECT * FROM job WHERE recorded = @Joined AND {database.Among("id", "some")}", new { FinishJob.Joined, some }, cancellation);
            foreach (var job in joined)
            {
                await AddPiecesAsync(job, cancellation);
            }
        }
    }

    // With a bucket they are among its objects.
    private async Task AddEventFilesAsync(CancellationToken cancellation)
    {
        var root = Path.Combine(settings.DataFolder, EventFiles.Folder);
        if (!Directory.Exists(root))
        {
            return;
        }

        foreach (var path in Directory.EnumerateFiles(root, "*.parquet", SearchOption.AllDirectories))
        {
            try
            {
                await using var stream = File.OpenRead(path);
                await AddObjectAsync(Path.GetRelativePath(settings.DataFolder, path), stream, cancellation);
            }
            catch (FileNotFoundException)
            {
                // Its job was removed meanwhile.
            }
        }
    }

    private async Task AddPiecesAsync(JobRow job, CancellationToken cancellation)
    {
        await using var whole = await recordings.OpenAsync(job.RecordingName, cancellation);
        if (whole is null)
        {
            return;
        }

        using var tail = new RecordingTail(whole);
        while (tail.TryNext() is { } segment)
        {
            using var stream = new MemoryStream(segment.Packed.ToArray(), writable: false);
            await AddObjectAsync(SegmentRow.NameOf(job.Id, segment.Number, SegmentRow.DigestOf(segment.Packed.Span)), stream, cancellation);
        }
    }

    private async Task AddObjectAsync(string name, Stream stream, CancellationToken cancellation)
    {
        if (!stream.CanSeek)
        {
            // The length stands before the bytes.
            await using (var copy = File.Create(scratch))
            {
                await stream.CopyToAsync(copy, cancellation);
            }

            await using var file = File.OpenRead(scratch);
            await AddObjectAsync(name, file, cancellation);
            return;
        }

        objects++;
        objectBytes += stream.Length;
        await AddAsync(BackupEntry.ObjectPrefix + name, stream, cancellation);
    }

    private async Task AddAsync(string name, byte[] bytes, CancellationToken cancellation)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        await AddAsync(name, stream, cancellation);
    }

    private Task AddAsync(string name, Stream stream, CancellationToken cancellation)
    {
        var entry = new PaxTarEntry(TarEntryType.RegularFile, name)
        {
            DataStream = stream,
            ModificationTime = time.GetUtcNow(),
            Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        return tar.WriteEntryAsync(entry, cancellation);
    }
}
