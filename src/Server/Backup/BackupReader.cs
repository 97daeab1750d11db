using System.Formats.Tar;
using System.Text.Json;
using DbUp.Engine;
using Sallyport.Server.Access;
using Sallyport.Server.Configuration;
using Sallyport.Server.Recordings;
using Sallyport.Server.Search;
using Sallyport.Server.Store;
using ZstdSharp;

namespace Sallyport.Server.Backup;

/// <summary>
/// Restores a backup into an empty database and an empty store of recordings: the database is brought to the version that the
/// rows are of, gets them, and is brought up from there like any older one.
/// </summary>
internal sealed class BackupReader(
    Database database, IRecordingStore recordings, ServerSettings settings, TarReader tar, Action<string> say, TimeProvider time)
{
    private bool forgetsKeys;
    private long rows;
    private long objects;

    /// <summary>Restores a file.</summary>
    /// <param name="say">Hears what the operator has to know.</param>
    /// <exception cref="InvalidDataException">It is no backup, not whole, or of a later version.</exception>
    /// <exception cref="InvalidOperationException">There is something already where it would go.</exception>
    public static async Task<BackupTotals> ReadAsync(
        string path, ServerSettings settings, Database database, IRecordingStore recordings, Action<string> say, TimeProvider time,
        CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
        await using var packed = new DecompressionStream(file);
        await using var tar = new TarReader(packed);
        try
        {
            return await new BackupReader(database, recordings, settings, tar, say, time).ReadAsync(cancellation);
        }
        catch (Exception e) when (e is JsonException or ZstdException or EndOfStreamException or FormatException)
        {
            throw new InvalidDataException($"{path} is no whole backup: {e.Message}", e);
        }
    }

    private async Task<BackupTotals> ReadAsync(CancellationToken cancellation)
    {
        var manifest = await ReadManifestAsync(cancellation);
        var scripts = Scripts(manifest);
        await CheckEmptyAsync(cancellation);
        var entry = await RestoreKeyAsync(manifest, await NextAsync(cancellation), cancellation);
        await Migrator.MigrateAsync(database, scripts, cancellation);
        entry = await RestoreRowsAsync(entry, cancellation);
        while (entry.Name != BackupEntry.End)
        {
            await RestoreObjectAsync(entry, cancellation);
            entry = await NextAsync(cancellation);
        }

        var totals = await JsonAsync<BackupTotals>(entry, cancellation);
        if (totals.Rows != rows || totals.Objects != objects)
        {
            throw new InvalidDataException($"the backup should have {totals.Rows} rows and {totals.Objects} objects, and has {rows} and {objects}");
        }

        if (forgetsKeys)
        {
            await database.ExecuteAsync("DELETE FROM server_key", null, cancellation);
            say($"The backup is without its master key, so the server makes new keys: {ServerKeys.MadeAnew}.");
        }

        await Migrator.MigrateAsync(database, cancellation);
        await RevokeOverridesAsync(cancellation);
        return totals;
    }

    // One that was revoked after the backup was made is not in force again.
    private async Task RevokeOverridesAsync(CancellationToken cancellation)
    {
        var audit = new Audit(database, time);
        var revoked = await database.WriteAsync(
            async write =>
            {
                var given = await write.ListAsync<(string Owner, string Id)>(
                    """
                    UPDATE enforcement_override SET revoked_ms = @nowMs, revoked_by = 'restore' WHERE until_ms > @nowMs AND revoked_ms IS NULL
                    RETURNING owner, id
                    """,
                    new { nowMs = time.GetUtcNow().ToUnixTimeMilliseconds() });
                foreach (var (owner, id) in given)
                {
                    await audit.WriteAsync(write, Actor.Console, "override.revoked", owner, id, new { why = "a backup was restored" });
                }

                return given.Count;
            },
            cancellation);
        if (revoked > 0)
        {
            say($"Overrides of enforcement that had not ended are revoked, for some may have been since the backup: {revoked}. Sign anew what is still needed.");
        }
    }

    private async Task<BackupManifest> ReadManifestAsync(CancellationToken cancellation)
    {
        var first = await NextAsync(cancellation);
        var manifest = first.Name == BackupEntry.Manifest ? await JsonAsync<BackupManifest>(first, cancellation) : null;
        return manifest switch
        {
            null => throw new InvalidDataException("it is no backup of sallyport-server"),
            { Format: not BackupManifest.CurrentFormat } => throw new InvalidDataException(
                $"it has format {manifest.Format} (made by {manifest.ServerVersion}); this version reads {BackupManifest.CurrentFormat}"),
            _ => manifest,
        };
    }

    // A script for one kind alone stands for the same step as its neighbour for the other.
    private List<SqlScript> Scripts(BackupManifest manifest)
    {
        var wanted = manifest.Scripts.Select(Step).ToHashSet(StringComparer.Ordinal);
        var known = Migrator.Scripts(database.Kind).ToList();
        var unknown = wanted.Except(known.Select(script => Step(script.Name)), StringComparer.Ordinal).ToList();
        return unknown.Count == 0
            ? [.. known.Where(script => wanted.Contains(Step(script.Name)))]
            : throw new InvalidDataException(
                $"it was made by a later version, {manifest.ServerVersion}: this one does not know {string.Join(", ", unknown)}");
    }

    private static string Step(string script) => script[..(script.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? dot : script.Length)];

    private async Task CheckEmptyAsync(CancellationToken cancellation)
    {
        await foreach (var one in recordings.ListAsync("", cancellation))
        {
            throw new InvalidOperationException($"there are recordings already ({one.Name}); a backup is restored where there is nothing");
        }

        await using var connection = await database.OpenAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var tables = await StoredTable.ListAsync(connection, transaction, database.Kind);
        if (tables.Count > 0)
        {
            throw new InvalidOperationException($"the database has tables already ({tables[0].Name} …); a backup is restored into an empty one");
        }
    }

    private async Task<TarEntry> RestoreKeyAsync(BackupManifest manifest, TarEntry entry, CancellationToken cancellation)
    {
        var there = BackupEntry.KeyId(settings.MasterKeyFile);
        if (there is not null && there != manifest.MasterKeyId && manifest.HasKeys)
        {
            throw new InvalidOperationException($"{settings.MasterKeyFile} is another master key than the backup's");
        }

        forgetsKeys = there != manifest.MasterKeyId && !manifest.HasKeys;
        if (entry.Name != BackupEntry.Key)
        {
            return entry;
        }

        if (there is null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(settings.MasterKeyFile)!);
            await using var file = new FileStream(settings.MasterKeyFile, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            await entry.DataStream!.CopyToAsync(file, cancellation);
        }

        return await NextAsync(cancellation);
    }

    private Task<TarEntry> RestoreRowsAsync(TarEntry first, CancellationToken cancellation) => database.WriteAsync(
        async write =>
        {
            if (database.Kind == DatabaseKind.Sqlite)
            {
                await write.ExecuteAsync("PRAGMA defer_foreign_keys=ON");
            }

            var tables = (await StoredTable.ListAsync(write.Connection, write.Transaction!, database.Kind)).ToDictionary(table => table.Name);
            var entry = first;
            while (entry.Name.StartsWith(BackupEntry.RowsPrefix, StringComparison.Ordinal))
            {
                var name = entry.Name[BackupEntry.RowsPrefix.Length..].Replace(BackupEntry.RowsSuffix, "", StringComparison.Ordinal);
                await RestoreRowsAsync(
                    write, tables.GetValueOrDefault(name) ?? throw new InvalidDataException($"there is no table {name}"), entry, cancellation);
                entry = await NextAsync(cancellation);
            }

            return entry;
        },
        cancellation);

    private async Task RestoreRowsAsync(WriteScope write, StoredTable table, TarEntry entry, CancellationToken cancellation)
    {
        using var reader = new StreamReader(entry.DataStream ?? Stream.Null);
        var columns = JsonSerializer.Deserialize<string[]>(await reader.ReadLineAsync(cancellation) ?? "[]")!;
        if (!columns.Order(StringComparer.Ordinal).SequenceEqual(table.Columns.Order(StringComparer.Ordinal)))
        {
            throw new InvalidDataException($"table {table.Name} has other columns than in the backup");
        }

        var insert = (table with { Columns = [.. columns] }).Insert;
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            var values = RowText.Read(line, columns.Length);
            await using var command = write.Connection.CreateCommand();
#pragma warning disable CA2100 // Its names are those that the database has; values are parameters.
            command.CommandText = insert;
#pragma warning restore CA2100
            command.Transaction = write.Transaction;
            for (var column = 0; column < values.Length; column++)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = $"@c{column}";
                parameter.Value = values[column];
                command.Parameters.Add(parameter);
            }

            await command.ExecuteNonQueryAsync(cancellation);
            rows++;
        }
    }

    private async Task RestoreObjectAsync(TarEntry entry, CancellationToken cancellation)
    {
        var name = BackupEntry.ObjectOf(entry.Name) ?? throw new InvalidDataException($"'{entry.Name}' has no place in a backup");
        var path = Path.Combine(settings.WorkFolder, $"restore.{Guid.NewGuid():n}");
        try
        {
            await using (var file = File.Create(path))
            {
                await (entry.DataStream ?? Stream.Null).CopyToAsync(file, cancellation);
            }

            if (settings.Bucket is null && name.StartsWith($"{EventFiles.Folder}/", StringComparison.Ordinal))
            {
                new EventFiles(settings).Place(name, path);
            }
            else
            {
                await recordings.PutFileAsync(name, path, cancellation);
            }

            objects++;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private async Task<TarEntry> NextAsync(CancellationToken cancellation) =>
        await tar.GetNextEntryAsync(copyData: false, cancellation) ?? throw new InvalidDataException("the backup ends before its end");

    private static async Task<T> JsonAsync<T>(TarEntry entry, CancellationToken cancellation) =>
        await JsonSerializer.DeserializeAsync<T>(entry.DataStream ?? Stream.Null, cancellationToken: cancellation)
        ?? throw new InvalidDataException($"{entry.Name} is empty");
}
