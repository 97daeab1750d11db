using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Server.Store;
using Sallyport.Server.Work;

namespace Sallyport.Server.Tests.Work;

public sealed class WorkQueueTests(PostgresCluster cluster)
{
    private const int Replicas = 8;
    private const int Items = 200;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Of a kind that no worker of a server does, and none of them is given back.</summary>
    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Replicas_that_claim_at_once_have_each_piece_once_and_none_waits_for_another(StoreKind kind)
    {
        var time = new HandTime();
        await using var server = await TestServer.StartAsync(kind, cluster, change: builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(time);
            // Its own worker would take them.
            builder.Services.Remove(builder.Services.Single(service => service.ImplementationType == typeof(Worker)));
        });
        var database = server.Services.GetRequiredService<Database>();
        var queues = Enumerable.Range(0, Replicas).Select(_ => ActivatorUtilities.CreateInstance<WorkQueue>(server.Services)).ToList();
        await database.WriteAsync(
            async write =>
            {
                for (var number = 0; number < Items; number++)
                {
                    await queues[0].AddAsync(write, WorkKind.Finish, $"job {number}", time.GetUtcNow().ToUnixTimeMilliseconds());
                }

                return true;
            },
            Cancellation);

        var claimed = new ConcurrentBag<(WorkQueue Queue, WorkItem Item)>();
        await Task.WhenAll(queues.Select(async queue =>
        {
            await Task.Yield();
            while (await queue.ClaimAsync([WorkKind.Finish], Cancellation) is { } item)
            {
                claimed.Add((queue, item));
            }
        }));
        Assert.Equal(Items, claimed.Count);
        Assert.Equal(Items, claimed.DistinctBy(one => one.Item.Id).Count());

        // Who lost a claim can neither keep it nor end the work.
        var (former, taken) = claimed.First();
        time.Pass(former.ClaimTime * 2);
        var later = queues.First(queue => queue != former);
        while (await later.ClaimAsync([WorkKind.Finish], Cancellation) is { } item && item.Id != taken.Id)
        {
        }

        Assert.False(await former.KeepAsync(taken, Cancellation));
        await former.DoneAsync(taken, Cancellation);
        Assert.True(await later.KeepAsync(taken, Cancellation));
        queues.ForEach(queue => queue.Dispose());
    }
    /// <summary>While servers are brought up one after the other, the new ones may put in what the old ones have never heard of.</summary>
    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Work_of_a_later_version_is_left_to_it(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        await server.Services.GetRequiredService<WorkQueue>().EnsureAsync("later", "1", Cancellation);
        await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Small());
        var left = await server.Services.GetRequiredService<Database>().ListAsync<string>(
            "SELECT attempts || ' ' || COALESCE(claimed_by, 'nobody') || ' ' || COALESCE(mistake, 'none') FROM work WHERE kind = 'later'", null, Cancellation);
        Assert.Equal(["0 nobody none"], left);
    }
}
