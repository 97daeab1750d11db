using System.Formats.Tar;
using System.IO.Compression;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Protocol.Ingest;
using Sallyport.Protocol.Recording;
using Sallyport.Server.Tests.Ui;

namespace Sallyport.Server.Tests.Store;

/// <summary>
/// The data folder of an earlier server, which <c>folder-0005.tar.gz</c> is: written by that server, of the schema 0005, with its database,
/// key, recordings, reports and Parquet. Two jobs had ended, one was half sent. <c>test.txt</c> in it has what was handed out.
/// </summary>
public sealed class UpgradedFolderTests(PostgresCluster cluster) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sallyport-upgraded-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task It_is_served_as_it_was_and_goes_on()
    {
        var told = await UnpackAsync();
        var key = await File.ReadAllBytesAsync(Path.Combine(folder, "master.key"), Cancellation);
        var time = new HandTime();
        time.Pass(TimeSpan.FromMinutes(10));
        await using var server = await TestServer.StartAsync(
            StoreKind.Sqlite, cluster, new() { ["dataFolder"] = folder }, builder => builder.Services.AddSingleton<TimeProvider>(time));
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
