using System.Formats.Tar;
using System.IO.Compression;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Protocol.Ingest;
using Sallyport.Protocol.Recording;
using Sallyport.Server.Store;
using Sallyport.Server.Tests.Ui;

namespace Sallyport.Server.Tests.Store;

/// <summary>
/// The data folder of an earlier server, which <c>folder-0005.tar.gz</c> is: written by that server, of the schema 0005, with its database,
/// key, recordings, reports and Parquet. Two jobs had ended, one was half sent. <c>test.txt</c> in it has what was handed out. For PostgreSQL
/// the same rows are in a database of that schema.
/// </summary>
public sealed class UpgradedFolderTests(PostgresCluster cluster) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sallyport-upgraded-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task It_is_served_as_it_was_and_goes_on(StoreKind kind)
    {
        var told = await UnpackAsync();
        var key = await File.ReadAllBytesAsync(Path.Combine(folder, "master.key"), Cancellation);
        var time = new HandTime();
        time.Pass(TimeSpan.FromMinutes(10));
        var settings = new Dictionary<string, string?> { ["dataFolder"] = folder };
        if (kind == StoreKind.PostgreSql)
        {
            settings["connectionStrings:store"] = await InPostgresAsync();
        }

        await using var server = await TestServer.StartAsync(
            kind, cluster, settings, builder => builder.Services.AddSingleton<TimeProvider>(time));
        Assert.Equal(key, await File.ReadAllBytesAsync(Path.Combine(folder, "master.key"), Cancellation));
        using var visitor = await Visitor.AdministratorAsync(server);

        // What had ended: report and recording as they were handed out then.
        Assert.Equal(told.Report, await visitor.PageAsync($"/jobs/{told.Whole}/report.md"));
        Assert.Equal(RecordingVerdict.Intact, await StateOfAsync(visitor, told.Whole));
        Assert.Equal(RecordingVerdict.Intact, await StateOfAsync(visitor, told.Found));
        Assert.Single((await server.FoundAsync(told.ReadKey, "what=name&value=files.example.com")).Matches);

        // What people had written.
        foreach (var (page, text) in new[]
        {
            ("/runs", told.Half), ("/suppressions", "known since"), ("/policies/edit?owner=octo&name=strict", "second"),
            ("/policies?owner=octo", "site"), ("/policies/deny-list?owner=octo", "incident 12"), ("/search/events?owner=octo", "the mirror"),
            ("/settings/keys?owner=octo", "test"), ("/destinations?host=files.example.com", "files.example.com"),
        })
        {
            Assert.Contains(text, await visitor.PageAsync(page), StringComparison.Ordinal);
        }

        // What was half sent goes on under the token of then, and a new job under the key.
        var segments = TestRecording.Of(new MadeJob(new string('a', 64), "late.example.com", "198.51.100.7", "/work/half").Events());
        var half = new JobRegistered(told.Half, told.UploadToken, server.Address, 3);
        await server.PutAllAsync(half, segments.Skip(2));
        using (var end = await server.EndAsync(half, segments.Count))
        {
            Assert.True(end.IsSuccessStatusCode, $"{end.StatusCode}");
        }

        await server.WorkDoneAsync();
        Assert.Equal(RecordingVerdict.Intact, await StateOfAsync(visitor, told.Half));
        Assert.Single((await server.FoundAsync(told.ReadKey, "what=name&value=late.example.com")).Matches);
        var later = await server.UploadAsync(told.Key, TestRecording.Job(runId: "102"), TestRecording.Small());
        Assert.Contains(later.JobKey, await visitor.PageAsync("/runs"), StringComparison.Ordinal);
    }

    /// <summary>A database of the folder's schema with the folder's rows, which no longer has them itself.</summary>
    private async Task<string> InPostgresAsync()
    {
        var file = Path.Combine(folder, "sallyport.db");
        await using var store = new Database(DatabaseKind.PostgreSql, await cluster.CreateDatabaseAsync());
        await using (var kept = new Database(DatabaseKind.Sqlite, $"Data Source={file}"))
        {
            await using var from = await kept.OpenAsync(Cancellation);
            var applied = await Migrator.AppliedAsync(from, transaction: null);
            await Migrator.MigrateAsync(store, [.. Migrator.Scripts(DatabaseKind.PostgreSql).Where(script => applied.Contains(script.Name))], Cancellation);
            Assert.StartsWith("0005-", applied[^1], StringComparison.Ordinal);
            await using var into = await store.OpenAsync(Cancellation);
            foreach (var table in await from.QueryAsync<string>(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'SchemaVersions'"))
            {
                foreach (var row in (await from.QueryAsync($"SELECT * FROM {table}")).Cast<IDictionary<string, object?>>())
                {
                    await into.ExecuteAsync(
                        $"INSERT INTO {table} ({string.Join(", ", row.Keys)}) VALUES ({string.Join(", ", row.Keys.Select(column => $"@{column}"))})",
                        new DynamicParameters(row));
                }
            }
        }

        File.Delete(file);
        return store.ConnectionString;
    }

    private async Task<HandedOut> UnpackAsync()
    {
        await using var file = File.OpenRead(Path.Combine(TestRecording.Root, "tests", "Server.Tests", "Store", "folder-0005.tar.gz"));
        await using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        await TarFile.ExtractToDirectoryAsync(unpacked, folder, overwriteFiles: false, Cancellation);
        var lines = await File.ReadAllLinesAsync(Path.Combine(folder, "test.txt"), Cancellation);
        return new(lines[0], lines[1], lines[2], lines[3], lines[4], lines[5], string.Join('\n', lines[8..]));
    }

    private static async Task<RecordingVerdict> StateOfAsync(Visitor visitor, string job)
    {
        using var response = await visitor.SendAsync($"/jobs/{job}/recording.ndjson.zst");
        await using var stream = await response.Content.ReadAsStreamAsync(Cancellation);
        using var reader = new RecordingReader(stream);
        while (reader.TryRead(out _))
        {
        }

        return reader.Integrity!.Verdict;
    }

    private sealed record HandedOut(string Key, string ReadKey, string Whole, string Found, string Half, string UploadToken, string Report);
}
