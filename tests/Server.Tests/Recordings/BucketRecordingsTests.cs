using Microsoft.Extensions.Configuration;
using Sallyport.Server.Configuration;
using Sallyport.Server.Recordings;

namespace Sallyport.Server.Tests.Recordings;

public sealed class BucketRecordingsTests(ObjectStore objects)
{
    // S3 lists, and removes, a thousand at once.
    private const int Objects = 1_001;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task More_objects_than_one_answer_holds_are_all_listed_in_order_and_all_removed()
    {
        var values = await objects.SettingsAsync(StoreKind.PostgreSqlAndBucket);
        var settings = new ServerSettingsReader(new ConfigurationBuilder().AddInMemoryCollection(values!).Build(), []).Read();
        using var bucket = new BucketRecordings(settings.Bucket!);
        var names = Enumerable.Range(0, Objects).Select(number => $"jobs/a/{number:D6}").ToList();
        // The store of the tests cannot make one folder twice at once.
        await bucket.PutAsync("jobs/b/one", new byte[] { 1 }, Cancellation);
        await bucket.PutAsync(names[0], new byte[] { 1 }, Cancellation);
        await Parallel.ForEachAsync(
            names.Skip(1), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancellation },
            async (name, cancellation) => await bucket.PutAsync(name, new byte[] { 1 }, cancellation));
        Task<List<string>> ListAsync(string prefix) => bucket.ListAsync(prefix, Cancellation).Select(one => one.Name).ToListAsync(Cancellation).AsTask();
        Assert.Equal(names, await ListAsync("jobs/a/"));
        await bucket.RemoveAsync(names, Cancellation);
        Assert.Equal(["jobs/b/one"], await ListAsync("jobs/"));
    }
}
