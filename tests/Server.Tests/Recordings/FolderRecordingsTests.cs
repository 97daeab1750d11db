using System.Diagnostics;
using Sallyport.Server.Operations;
using Sallyport.Server.Recordings;

namespace Sallyport.Server.Tests.Recordings;

public sealed class FolderRecordingsTests(SharedServers servers) : IClassFixture<SharedServers>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A put that waits for its bytes, from a named pipe (fifo(7)): what is on the disk then is what a killed server leaves.</summary>
    [Fact]
    public async Task What_a_server_that_was_killed_had_not_put_whole_is_gone_at_the_next_start()
    {
        var folder = Directory.CreateTempSubdirectory("sallyport-folder-").FullName;
        try
        {
            var settings = (await servers.OfAsync(StoreKind.Sqlite)).Settings with { DataFolder = folder };
            var root = Path.Combine(folder, "recordings");
            var recordings = new FolderRecordings(root);
            await recordings.PutAsync("jobs/a/whole", new byte[] { 1 }, Cancellation);
            var pipe = Path.Combine(folder, "pipe");
            using (var made = Process.Start("mkfifo", [pipe]))
            {
                await made.WaitForExitAsync(Cancellation);
            }

            List<string> Files() => [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)];
            Task putting;
            await using (new FileStream(pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
            {
                putting = recordings.PutFileAsync("jobs/a/half", pipe, Cancellation);
                await Until.IsAsync(() => Task.FromResult(Files().Count == 2), "it is being put");
                Assert.Equal(["jobs/a/whole"], await recordings.ListAsync("jobs/", Cancellation).Select(one => one.Name).ToListAsync(Cancellation));
                using var taken = new DataFolder(settings);
                taken.Take();
                Assert.Equal([Path.Combine(root, "jobs/a/whole")], Files());
            }

            await Assert.ThrowsAnyAsync<IOException>(() => putting);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
