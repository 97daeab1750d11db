using Microsoft.Extensions.Configuration;
using Sallyport.Protocol.Recording;
using Sallyport.Server.Access;
using Sallyport.Server.Configuration;
using Sallyport.Server.Ingest;
using Sallyport.Server.Insights;
using Sallyport.Server.Recordings;
using Sallyport.Server.Store;

namespace Sallyport.Server.Tests.Replicas;

public sealed class ReplicaTests(PostgresCluster cluster, ObjectStore objects) : IAsyncLifetime
{
    private const int Agents = 9;
    private const int JobsOfEach = 3;
    private const int Stops = 20;
    private const int Changes = 3_000;

    private readonly string folder = Directory.CreateTempSubdirectory("sallyport-replicas-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact(Explicit = true)]
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
        await using var one = await StartAsync(settings, "1");
        await using var two = await StartAsync(settings, "2");
        await using var three = await StartAsync(settings, "3");
        var clients = new[] { one, two, three }.Select(replica => new HttpClient
        {
            BaseAddress = replica.Address,
            Timeout = TimeSpan.FromSeconds(10),
        }).ToList();

        var segments = TestRecording.Of(Events(), Changes / 12);
        var agents = Enumerable.Range(0, Agents).Select(number => new ReplicaAgent(clients, key, number)).ToList();
        var sending = Task.WhenAll(agents.Select((agent, number) => SendAsync(agent, number, segments)));
        var held = await StopHoldingWorkAsync(database, two, sending);
        Assert.False(sending.IsCompleted, "it was not under load any more");
        await two.KillAsync();
        var jobs = (await sending).SelectMany(some => some).ToList();
        await WorkDoneAsync(database);

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{jobs.Count} jobs, {jobs.Count * segments.Count} segments, {agents.Sum(agent => agent.Repeated)} requests again, work held by the dead: {held}");
        Assert.True(held);
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

    private Task<ServerProcess> StartAsync(Dictionary<string, string?> settings, string name) =>
        ServerProcess.StartAsync(Directory.CreateDirectory(Path.Combine(folder, name)).FullName, settings);

    private static async Task<List<string>> SendAsync(ReplicaAgent agent, int number, List<TestSegment> segments)
    {
        var jobs = new List<string>();
        for (var job = 0; job < JobsOfEach; job++)
        {
            jobs.Add(await agent.SendAsync(TestRecording.Job(runId: $"{(number * JobsOfEach) + job}"), segments));
        }

        return jobs;
    }

    // When all three have claimed, one piece is its own: what stays claimed while it stands still, and the others go on.
    private static async Task<bool> StopHoldingWorkAsync(Database database, ServerProcess replica, Task sending)
    {
        for (var tried = 0; tried < Stops && !sending.IsCompleted; tried++)
        {
            while ((await ClaimedAsync(database)).Count < 3 && !sending.IsCompleted)
            {
                await Task.Delay(5, Cancellation);
            }

            await replica.StopAsync();
            var before = await ClaimedAsync(database);
            await Task.Delay(1000, Cancellation);
            if ((await ClaimedAsync(database)).Intersect(before).Any())
            {
                return true;
            }

            await replica.ContinueAsync();
        }

        return false;
    }

    private static Task<List<string>> ClaimedAsync(Database database) => database.ListAsync<string>(
        "SELECT id || claimed_by FROM work WHERE kind = 'finish' AND claimed_by IS NOT NULL", null, Cancellation);

    private static async Task WorkDoneAsync(Database database)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        while (await database.OneAsync<long>("SELECT COUNT(*) FROM work WHERE kind = 'finish'", null, deadline.Token) > 0)
        {
            await Task.Delay(50, deadline.Token);
        }
    }

    private static async Task CheckAsync(Database database, ServerSettings settings, List<string> ids, List<TestSegment> segments)
    {
        var jobs = await database.ListAsync<JobRow>("SELECT * FROM job ORDER BY id", null, Cancellation);
        Assert.Equal(ids.Order(StringComparer.Ordinal), jobs.Select(job => job.Id));
        Assert.Equal(Agents * JobsOfEach, jobs.Count);
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
            parquet.Add(Path.GetFileNameWithoutExtension(one.Name));
        }

        Assert.Equal(ids.Order(StringComparer.Ordinal), parquet.Order(StringComparer.Ordinal));
    }
}
