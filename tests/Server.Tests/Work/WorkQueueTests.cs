using System.Collections.Concurrent;
using System.Text.Json;
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
        WorkItem? again;
        do
        {
            again = await later.ClaimAsync([WorkKind.Finish], Cancellation);
        }
        while (again is not null && again.Id != taken.Id);
        Assert.False(await former.KeepAsync(taken, Cancellation));
        await former.DoneAsync(taken, Cancellation);
        Assert.True(await later.KeepAsync(Assert.IsType<WorkItem>(again), Cancellation));
        queues.ForEach(queue => queue.Dispose());
    }

    /// <summary>A claim that was lost to another of the same server is lost.</summary>
    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_claim_is_of_who_made_it_and_not_of_the_server(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var queue = server.Services.GetRequiredService<WorkQueue>();
        var database = server.Services.GetRequiredService<Database>();
        async Task<WorkItem> ClaimedAsync()
        {
            await database.WriteAsync(
                async write =>
                {
                    await queue.AddAsync(write, "mine", "1", 0);
                    return true;
                },
                Cancellation);
            return Assert.IsType<WorkItem>(await queue.ClaimAsync(["mine"], Cancellation));
        }

        var first = await ClaimedAsync();
        Assert.True(await queue.KeepAsync(first, Cancellation));
        var second = await ClaimedAsync();
        Assert.Equal(first.Id, second.Id);
        Assert.False(await queue.KeepAsync(first, Cancellation));
        await queue.DoneAsync(first, Cancellation);
        await Assert.ThrowsAsync<WorkTakenException>(() => database.WriteAsync(
            async write =>
            {
                await WorkQueue.HoldAsync(write, first);
                return true;
            },
            Cancellation));
        Assert.True(await queue.KeepAsync(second, Cancellation));
    }

    /// <summary>As many as the settings say, and no more.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task As_many_jobs_are_folded_at_once_as_the_settings_say(int atOnce)
    {
        var work = new CrowdedWork(atOnce);
        await using var server = await TestServer.StartAsync(
            StoreKind.Sqlite, cluster, new() { ["limits:workAtOnce"] = $"{atOnce}" },
            builder => builder.Services.AddSingleton<IWorkHandler>(work));
        var queue = server.Services.GetRequiredService<WorkQueue>();
        for (var number = 0; number < 3 * atOnce; number++)
        {
            await queue.EnsureAsync(work.Kind, $"{number}", Cancellation);
        }

        queue.Wake();
        await Until.IsAsync(() => Task.FromResult(work.Done == 3 * atOnce), "all is done");
        Assert.Equal(atOnce, work.Most);
    }

    /// <summary>Each sees a program of its own at the destination of all of them.</summary>
    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Jobs_that_are_folded_at_once_add_up_in_the_lists(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(
            kind, cluster, change: builder => builder.Services.Remove(builder.Services.Single(service => service.ImplementationType == typeof(Worker))));
        var key = await server.KeyAsync("octo");
        var queue = server.Services.GetRequiredService<WorkQueue>();
        string[] programs = [.. Enumerable.Range(0, Replicas).Select(number => $"/usr/bin/p{number}")];
        var items = new List<WorkItem>();
        foreach (var program in programs)
        {
            var job = await server.RegisteredAsync(key, TestRecording.Job(runId: $"{items.Count}"));
            var segments = TestRecording.Of(new MadeJob(new string('a', 64), "files.example.com", "198.51.100.7", "/work/x", program).Events());
            await server.PutAllAsync(job, segments);
            using var end = await server.EndAsync(job, segments.Count);
            WorkItem? item = null;
            await Until.IsAsync(async () => (item = await queue.ClaimAsync([WorkKind.Finish], Cancellation)) is not null, "it is due");
            items.Add(item!);
        }

        var finish = server.Services.GetServices<IWorkHandler>().Single(handler => handler.Kind == WorkKind.Finish);
        await Task.WhenAll(items.Select(item => Task.Run(() => finish.DoAsync(item, Cancellation), Cancellation)));
        var (jobs, known) = await server.Services.GetRequiredService<Database>().OneAsync<(long, string)>(
            "SELECT jobs, programs FROM destination WHERE host = 'files.example.com' AND port = 443", null, Cancellation);
        Assert.Equal(Replicas, jobs);
        Assert.Equal(programs, JsonSerializer.Deserialize<string[]>(known)!.Order(StringComparer.Ordinal));
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

    /// <summary>Goes on when as many are at it as there should be, and fails when they do not come.</summary>
    private sealed class CrowdedWork(int expected) : IWorkHandler
    {
        private readonly Lock counting = new();
        private readonly TaskCompletionSource crowded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int now;
        private int done;

        public string Kind => "crowded";

        public int Most { get; private set; }

        public int Done => Volatile.Read(ref done);

        public async Task DoAsync(WorkItem item, CancellationToken cancellation)
        {
            lock (counting)
            {
                Most = Math.Max(Most, ++now);
                if (now == expected)
                {
                    crowded.TrySetResult();
                }
            }

            await crowded.Task.WaitAsync(TimeSpan.FromSeconds(30), cancellation);
            // Whoever comes beside these would come now.
            await Task.Delay(100, cancellation);
            lock (counting)
            {
                now--;
                done++;
            }
        }
    }
}
