using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Sallyport.Protocol.Recording;
using Sallyport.Server.Access;
using Sallyport.Server.Configuration;
using Sallyport.Server.Ingest;
using Sallyport.Server.Insights;
using Sallyport.Server.Insights.Lists;
using Sallyport.Server.Recordings;
using Sallyport.Server.Search;
using Sallyport.Server.Store;

namespace Sallyport.Server.Tests.Replicas;

public sealed class ReplicaTests(PostgresCluster cluster, ObjectStore objects) : IAsyncLifetime
{
    private const int Agents = 6;
    private const int Changes = 1_000;
    private const int Segments = 8;

    private static readonly TimeSpan CatchTime = TimeSpan.FromMinutes(3);

    private readonly string folder = Directory.CreateTempSubdirectory("sallyport-replicas-").FullName;
    private readonly ConcurrentBag<ServerProcess> replicas = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in replicas)
        {
            await replica.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_replica_that_dies_under_load_loses_nothing_and_nothing_is_counted_twice()
    {
        var settings = (await objects.SettingsAsync(StoreKind.PostgreSqlAndBucket))!;
        settings["connectionStrings:store"] = await cluster.CreateDatabaseAsync();
        settings["masterKeyFile"] = Path.Combine(folder, "master.key");
        settings["limits:claimSeconds"] = "3";
        var read = new ServerSettingsReader(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), []).Read();
        await using var database = new Database(DatabaseKind.PostgreSql, settings["connectionStrings:store"]!);
        await Migrator.MigrateAsync(database, Cancellation);
        var key = (await new ApiKeys(database, new Audit(database, TimeProvider.System), TimeProvider.System)
            .CreateAsync("octo", "test", ApiKeyRow.AgentScope, Actor.Console, Cancellation)).Key;
        var before = TimeProvider.System.GetUtcNow();
        var dying = await StartAsync(settings, "1");
        var after = TimeProvider.System.GetUtcNow();
        var others = await Task.WhenAll(StartAsync(settings, "2"), StartAsync(settings, "3"));
        var clients = others.Prepend(dying).Select(replica => new HttpClient
        {
            BaseAddress = replica.Address,
            Timeout = TimeSpan.FromSeconds(60),
        }).ToList();

        var segments = TestRecording.Of(Events(), Changes / Segments);
        var agents = Enumerable.Range(0, Agents).Select(number => new ReplicaAgent(clients, key, number)).ToList();
        var dead = new TaskCompletionSource();
        var sending = Task.WhenAll(agents.Select((agent, number) => SendAsync(agent, number, segments, dead.Task)));
        try
        {
            await StopHoldingWorkAsync(database, dying, before, after, sending);
            await dying.KillAsync();
        }
        finally
        {
            dead.SetResult();
        }

        var jobs = (await sending).SelectMany(some => some).ToList();
        await Until.IsAsync(
            async () => await database.OneAsync<long>("SELECT COUNT(*) FROM work WHERE kind = 'finish'", null, Cancellation) == 0, "all jobs are folded");

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{jobs.Count} jobs, {jobs.Count * segments.Count} segments, {agents.Sum(agent => agent.Repeated)} requests again");
        Assert.True(agents.Sum(agent => agent.Repeated) > 0);
        await CheckAsync(database, read, jobs, segments);
        clients.ForEach(client => client.Dispose());
    }

    // Enough to fold that work is always waiting, and every replica has some in hand.
    private static IEnumerable<RecordedEvent> Events()
    {
        var made = new MadeJob(new string('a', 64), "files.example.com", "198.51.100.7", "/work/x").Events().ToList();
        return made.Take(4)
            .Concat(Enumerable.Range(0, Changes).Select(number => new FileChanged(
                $"/work/site/file{number}", "written", false, null, null, null, false, 1, "p1", null, null) { BootTimeNs = 4 + number }))
            .Concat(made.Skip(4));
    }

    private async Task<ServerProcess> StartAsync(Dictionary<string, string?> settings, string name)
    {
        var replica = await ServerProcess.StartAsync(Directory.CreateDirectory(Path.Combine(folder, name)).FullName, settings);
        replicas.Add(replica);
        return replica;
    }

    // Job after job until the replica is dead, and one more.
    private static async Task<List<string>> SendAsync(ReplicaAgent agent, int number, List<TestSegment> segments, Task dead)
    {
        var jobs = new List<string>();
        for (var isLast = false; !isLast;)
        {
            isLast = dead.IsCompleted;
            jobs.Add(await agent.SendAsync(TestRecording.Job(runId: $"{number}-{jobs.Count}"), segments));
        }

        return jobs;
    }

    // A replica's name begins with the time of its start, and this one started alone.
    private static async Task StopHoldingWorkAsync(
        Database database, ServerProcess replica, DateTimeOffset before, DateTimeOffset after, Task sending)
    {
        Task<List<string>> HeldAsync() => database.ListAsync<string>(
            "SELECT id FROM work WHERE kind = 'finish' AND claimed_by >= @from AND claimed_by < @to",
            new { from = JobTime.IdAt(before.ToUnixTimeMilliseconds()), to = JobTime.IdAt(after.ToUnixTimeMilliseconds()) }, Cancellation);
        for (var watch = Stopwatch.StartNew(); ;)
        {
            Assert.True(watch.Elapsed < CatchTime, "it was not caught with work in hand");
            Assert.False(sending.IsCompleted, "it was not under load any more");
            if ((await HeldAsync()).Count > 0)
            {
                await replica.StopAsync();
                if ((await HeldAsync()).Count > 0)
                {
                    return;
                }

                // It was done just before.
                await replica.ContinueAsync();
            }

            await Task.Delay(5, Cancellation);
        }
    }

    private static async Task CheckAsync(Database database, ServerSettings settings, List<string> ids, List<TestSegment> segments)
    {
        var jobs = await database.ListAsync<JobRow>("SELECT * FROM job ORDER BY id", null, Cancellation);
        Assert.Equal(ids.Order(StringComparer.Ordinal), jobs.Select(job => job.Id));
        Assert.True(jobs.Count >= Agents, $"{jobs.Count} jobs");
        var events = new HashSet<long>();
        using var recordings = new BucketRecordings(settings.Bucket!);
        foreach (var job in jobs)
        {
            Assert.Equal((segments.Count, "intact", FinishJob.Joined), (job.Segments, job.Chain, job.Recorded));
            events.Add(job.Events);
            var digests = await database.ListAsync<SegmentRow>(
                "SELECT * FROM segment WHERE job = @Id ORDER BY number", new { job.Id }, Cancellation);
            Assert.Equal(segments.Select(segment => segment.Seal), digests.Select(segment => segment.Seal));
            await using var whole = await recordings.OpenAsync(job.RecordingName, Cancellation);
            using var reader = new RecordingReader(whole!);
            while (reader.TryRead(out _))
            {
            }

            Assert.Equal((RecordingVerdict.Intact, segments[^1].Seal), (reader.Integrity!.Verdict, reader.Integrity.Seal));
        }

        Assert.Single(events);
        var destinations = await database.ListAsync<long>("SELECT jobs FROM destination", null, Cancellation);
        Assert.NotEmpty(destinations);
        Assert.All(destinations, counted => Assert.Equal(jobs.Count, counted));
        var parquet = new List<string>();
        await foreach (var one in recordings.ListAsync("parquet/", Cancellation))
        {
            parquet.Add(EventFiles.JobOf(one.Name));
        }

        Assert.Equal(ids.Order(StringComparer.Ordinal), parquet.Order(StringComparer.Ordinal));
    }
}
