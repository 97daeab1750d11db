using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Protocol.Ingest;
using Sallyport.Protocol.Recording;
using Sallyport.Server.Access;
using Sallyport.Server.Backup;
using Sallyport.Server.Configuration;
using Sallyport.Server.DenyLists;
using Sallyport.Server.Insights;
using Sallyport.Server.Operations;
using Sallyport.Server.Overrides;
using Sallyport.Server.Recordings;
using Sallyport.Server.Search;
using Sallyport.Server.Store;
using Sallyport.Server.Tests.Store;

namespace Sallyport.Server.Tests.Backup;

public sealed class BackupTests(PostgresCluster cluster, ObjectStore objects) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sallyport-backup-").FullName;

    public static TheoryData<StoreKind, StoreKind> Ways => new()
    {
        { StoreKind.Sqlite, StoreKind.Sqlite },
        { StoreKind.PostgreSql, StoreKind.PostgreSql },
        { StoreKind.Sqlite, StoreKind.PostgreSql },
        { StoreKind.PostgreSql, StoreKind.Sqlite },
        { StoreKind.PostgreSqlAndBucket, StoreKind.PostgreSqlAndBucket },
        { StoreKind.PostgreSqlAndBucket, StoreKind.Sqlite },
        { StoreKind.Sqlite, StoreKind.PostgreSqlAndBucket },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Target => Path.Combine(folder, "backup.tar.zst");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_restored_server_shows_the_same_and_goes_on(StoreKind from, StoreKind to)
    {
        var segments = TestRecording.Small();
        JobRegistered done, running;
        JobRow row;
        string report, key, listKey, list;
        await using (var server = await TestServer.StartAsync(from, cluster, await objects.SettingsAsync(from)))
        {
            key = await server.KeyAsync("octo");
            Assert.Empty(await DenyAsync(server, "evil.example # beacon"));
            (listKey, list) = await DenyListAsync(server);
            Assert.Empty(await server.Services.GetRequiredService<OverrideStore>().SignAsync(
                new OverrideAsked("octo", null, null, null, "moved", TimeProvider.System.GetUtcNow().AddHours(2)), Actor.Console, Cancellation));
            done = await server.UploadAsync(key, TestRecording.Job(), segments);
            running = await server.RegisteredAsync(key, TestRecording.Job(runId: "101"));
            await server.PutAllAsync(running, segments.Take(2));
            (row, report) = ((await server.RowAsync(done.JobKey))!, await ReportAsync(server, done.JobKey));
            var totals = await BackUpAsync(server, withKeys: true, server.Services.GetRequiredService<IRecordingStore>());
            // The whole recording, its report and its events; two segments.
            Assert.Equal(5, totals.Objects);
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Target));
        var values = await TargetAsync(to);
        Assert.Contains("revoked", Assert.Single(await RestoreAsync(values)), StringComparison.Ordinal);
        await using var restored = await TestServer.StartAsync(to, cluster, values);

        // It may have been revoked since.
        Assert.Equal("restore", Assert.Single(await restored.Services.GetRequiredService<OverrideStore>().ListAsync("octo", Cancellation)).RevokedBy);
        Assert.Equal(row, (await restored.RowAsync(done.JobKey))!);
        Assert.Equal(report, await ReportAsync(restored, done.JobKey));
        await VerifyAsync(restored, done.JobKey, segments);
        Assert.True(await HasEventsAsync(restored, row));

        // Machines know the next version of the deny list by the same key.
        Assert.Equal((listKey, list), await DenyListAsync(restored));
        Assert.Empty(await DenyAsync(restored, "other.example # beacon"));
        Assert.Equal(2, (await restored.Services.GetRequiredService<DenyListStore>().LatestAsync("octo", Cancellation))!.Open()!.Version);

        // The job that was under way: its key, its place and its token are as they were.
        var again = await restored.RegisteredAsync(key, TestRecording.Job(runId: "101"));
        Assert.Equal((running.JobKey, running.UploadToken, 3), (again.JobKey, again.UploadToken, again.NextSegment));
        await restored.PutAllAsync(running, segments.Skip(2));
        using var end = await restored.EndAsync(running, segments.Count);
        await restored.WorkDoneAsync();
        await VerifyAsync(restored, running.JobKey, segments);
    }

    [Fact]
    public async Task Without_its_master_key_a_backup_gives_new_keys_and_keeps_the_rest()
    {
        JobRegistered running;
        string key;
        await using (var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster))
        {
            key = await server.KeyAsync("octo");
            running = await server.RegisteredAsync(key, TestRecording.Job());
            Assert.Empty(await DenyAsync(server, "evil.example # beacon"));
            await server.PutAllAsync(running, TestRecording.Small().Take(2));
            await BackUpAsync(server, withKeys: false, server.Services.GetRequiredService<IRecordingStore>());
        }

        var values = await TargetAsync(StoreKind.Sqlite);
        var said = await RestoreAsync(values);
        Assert.Contains("new keys", Assert.Single(said), StringComparison.Ordinal);
        await using var restored = await TestServer.StartAsync(StoreKind.Sqlite, cluster, values);
        using var refused = await restored.PutAsync(running, TestRecording.Small()[2]);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        var again = await restored.RegisteredAsync(key, TestRecording.Job());
        Assert.Equal(running.JobKey, again.JobKey);
        await restored.PutAllAsync(again, TestRecording.Small().Skip(2));

        // The deny list is as it was signed; what follows it is by another key, and that is never unasked.
        Assert.Equal(1, (await restored.Services.GetRequiredService<DenyListStore>().LatestAsync("octo", Cancellation))!.Open()!.Version);
        Assert.Contains("does not have", Assert.Single(await DenyAsync(restored, "other.example # beacon")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_ends_while_the_backup_is_made_is_whole_in_it()
    {
        var segments = TestRecording.Small();
        JobRegistered job;
        await using (var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster))
        {
            job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
            await server.PutAllAsync(job, segments);
            var store = new HookedRecordings(server.Services.GetRequiredService<IRecordingStore>());
            store.OnceListed(async () =>
            {
                using var end = await server.EndAsync(job, segments.Count);
                await server.WorkDoneAsync();
            });
            await BackUpAsync(server, withKeys: true, store);
        }

        var values = await TargetAsync(StoreKind.Sqlite);
        await RestoreAsync(values);
        await using var restored = await TestServer.StartAsync(StoreKind.Sqlite, cluster, values);
        Assert.Null((await restored.RowAsync(job.JobKey))!.Recorded);
        using var end = await restored.EndAsync(job, segments.Count);
        await restored.WorkDoneAsync();
        await VerifyAsync(restored, job.JobKey, segments);
    }

    [Fact]
    public async Task What_is_not_empty_is_left_as_it_is()
    {
        await using (var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster))
        {
            await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Small());
            await BackUpAsync(server, withKeys: true, server.Services.GetRequiredService<IRecordingStore>());
        }

        var values = await TargetAsync(StoreKind.Sqlite);
        await RestoreAsync(values);
        var mistake = await Assert.ThrowsAsync<InvalidOperationException>(() => RestoreAsync(values));
        Assert.Contains("already", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_cut_off_is_refused()
    {
        await using (var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster))
        {
            await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Small());
            await BackUpAsync(server, withKeys: true, server.Services.GetRequiredService<IRecordingStore>());
        }

        var bytes = await File.ReadAllBytesAsync(Target, Cancellation);
        await File.WriteAllBytesAsync(Target, bytes[..(bytes.Length / 2)], Cancellation);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await RestoreAsync(await TargetAsync(StoreKind.Sqlite)));
        await File.WriteAllTextAsync(Target, "no backup", Cancellation);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await RestoreAsync(await TargetAsync(StoreKind.Sqlite)));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite, StoreKind.PostgreSql)]
    [InlineData(StoreKind.PostgreSql, StoreKind.Sqlite)]
    public async Task A_backup_of_an_earlier_version_is_restored_as_that_and_brought_up(StoreKind from, StoreKind to)
    {
        await BackUpFirstVersionAsync(from);
        var values = await TargetAsync(to);
        values["limits:retentionDays"] = "36500";
        await RestoreAsync(values);
        await using var restored = await TestServer.StartAsync(to, cluster, values);
        var job = (await restored.RowAsync(FirstVersion.Job))!;
        Assert.Equal(("octo", "octo/site", 12L, "intact"), (job.Owner, job.Repository, job.Refused, job.Chain));
        // What later scripts make of rows that are there is made of those that were restored.
        Assert.Equal(
            (FirstVersion.Job, "4711"),
            await restored.Services.GetRequiredService<Database>().OneAsync<(string, string)>("SELECT taught_job, taught_run FROM destination", null, Cancellation));
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_backup_of_a_later_version_is_refused_and_leaves_nothing(StoreKind kind)
    {
        await BackUpFirstVersionAsync(kind, "9999-later.sql");
        var values = await TargetAsync(kind);
        var mistake = await Assert.ThrowsAsync<InvalidDataException>(() => RestoreAsync(values));
        Assert.Contains("later version", mistake.Message, StringComparison.Ordinal);
        Assert.Contains("9999-later", mistake.Message, StringComparison.Ordinal);
        // There is room for another.
        File.Delete(Target);
        await BackUpFirstVersionAsync(kind);
        await RestoreAsync(values);
    }

    [Theory]
    [InlineData("recordings/../../etc/passwd")]
    [InlineData("recordings//etc/passwd")]
    [InlineData("recordings/")]
    [InlineData("/etc/passwd")]
    public void An_entry_that_would_leave_its_folder_has_no_place(string entry) => Assert.Null(BackupEntry.ObjectOf(entry));

    private static Task<IReadOnlyList<string>> DenyAsync(TestServer server, string text) => server.Services.GetRequiredService<DenyListStore>()
        .SaveAsync("octo", text, null, atLeast: 0, anew: false, Actor.Console, Cancellation);

    private static async Task<(string Key, string List)> DenyListAsync(TestServer server)
    {
        var store = server.Services.GetRequiredService<DenyListStore>();
        return (await store.OwnKeyAsync("octo", Cancellation), (await store.LatestAsync("octo", Cancellation))!.Envelope);
    }

    /// <summary>Where other replicas find them: in the bucket, if there is one.</summary>
    private static async Task<bool> HasEventsAsync(TestServer server, JobRow row)
    {
        var name = EventFiles.NameOf(row);
        if (server.Settings.Bucket is null)
        {
            return File.Exists(Path.Combine(server.Settings.DataFolder, name));
        }

        await using var there = await server.Services.GetRequiredService<IRecordingStore>().OpenAsync(name, Cancellation);
        return there is not null;
    }

    private Task<BackupTotals> BackUpAsync(TestServer server, bool withKeys, IRecordingStore recordings) => BackupWriter.WriteAsync(
        Target, withKeys, withRecordings: true, server.Settings, server.Services.GetRequiredService<Database>(), recordings,
        TimeProvider.System, Cancellation);

    // With a script that it went through and that this version does not know, if there is one.
    private async Task BackUpFirstVersionAsync(StoreKind kind, string? later = null)
    {
        var old = Directory.CreateDirectory(Path.Combine(folder, Guid.NewGuid().ToString("n"))).FullName;
        await using var database = await FirstVersion.MakeAsync(kind, old, cluster);
        if (later is not null)
        {
            await database.ExecuteAsync(
                "INSERT INTO SchemaVersions (ScriptName, Applied) VALUES (@later, @now)", new { later, now = TimeProvider.System.GetUtcNow().UtcDateTime }, Cancellation);
        }

        var settings = new ServerSettingsReader(
            new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["dataFolder"] = old }).Build(), []).Read();
        await BackupWriter.WriteAsync(
            Target, withKeys: false, withRecordings: false, settings, database, RecordingStores.Open(settings), TimeProvider.System, Cancellation);
    }

    private async Task<Dictionary<string, string?>> TargetAsync(StoreKind kind)
    {
        var values = await objects.SettingsAsync(kind) ?? [];
        values["dataFolder"] = Path.Combine(folder, Guid.NewGuid().ToString("n"));
        if (kind != StoreKind.Sqlite)
        {
            values["connectionStrings:store"] = await cluster.CreateDatabaseAsync();
        }

        return values;
    }

    private async Task<List<string>> RestoreAsync(Dictionary<string, string?> values)
    {
        var settings = new ServerSettingsReader(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), []).Read();
        var said = new List<string>();
        using var data = new DataFolder(settings);
        data.Take();
        await using var database = new Database(settings.Database, settings.ConnectionString);
        await BackupReader.ReadAsync(Target, settings, database, RecordingStores.Open(settings), said.Add, TimeProvider.System, Cancellation);
        return said;
    }

    private static async Task<string> ReportAsync(TestServer server, string job)
    {
        using var buffer = new MemoryStream();
        Assert.True(await server.Services.GetRequiredService<Reports>().WriteAsync((await server.RowAsync(job))!, buffer, Cancellation));
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static async Task VerifyAsync(TestServer server, string job, List<TestSegment> segments)
    {
        Assert.Equal("joined", (await server.RowAsync(job))!.Recorded);
        await using var whole = await server.Services.GetRequiredService<IRecordingStore>().OpenAsync((await server.RowAsync(job))!.RecordingName, Cancellation);
        using var reader = new RecordingReader(whole!);
        while (reader.TryRead(out _))
        {
        }

        Assert.Equal((RecordingVerdict.Intact, segments[^1].Seal), (reader.Integrity!.Verdict, reader.Integrity.Seal));
    }
}
