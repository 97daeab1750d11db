using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sallyport.Protocol.Ingest;
using Sallyport.Server.Access;
using Sallyport.Server.Configuration;
using Sallyport.Server.Insights;
using Sallyport.Server.Retention;
using Sallyport.Server.Search;
using Sallyport.Server.Store;
using Sallyport.Server.Work;

namespace Sallyport.Server.Tests;

/// <summary>A server on loopback, with its own data folder and database; over real HTTP.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private const string StoreKey = "connectionStrings:store";

    private readonly WebApplication app;
    private readonly string folder;
    private readonly Func<Task> giveBack;

    private TestServer(WebApplication app, string folder, ServerSettings settings, Func<Task> giveBack)
    {
        this.app = app;
        this.folder = folder;
        this.giveBack = giveBack;
        Settings = settings;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Client = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    public ServerSettings Settings { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => app.Services;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<TestServer> StartAsync(
        StoreKind kind, PostgresCluster cluster, Dictionary<string, string?>? settings = null, Action<WebApplicationBuilder>? change = null)
    {
        var folder = Directory.CreateTempSubdirectory("sallyport-server-").FullName;
        try
        {
            var values = new Dictionary<string, string?> { ["listen"] = "http://127.0.0.1:0", ["dataFolder"] = folder };
            Func<Task> giveBack = () => Task.CompletedTask;
            if (kind == StoreKind.Sqlite)
            {
                await File.WriteAllBytesAsync(Path.Combine(folder, "sallyport.db"), await MigratedSqlite.BytesAsync(), Cancellation);
            }
            else if (settings?.ContainsKey(StoreKey) != true)
            {
                var taken = await cluster.TakeMigratedAsync();
                values[StoreKey] = taken;
                giveBack = () => cluster.GiveBackAsync(taken);
            }

            foreach (var (key, value) in settings ?? [])
            {
                values[key] = value;
            }

            return await StartAsync(folder, values, change, giveBack);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>An API key for an owner.</summary>
    public async Task<string> KeyAsync(string owner, string scope = ApiKeyRow.AgentScope) =>
        (await Services.GetRequiredService<ApiKeys>().CreateAsync(owner, "test", scope, Actor.Console, Cancellation)).Key;

    /// <summary>What is there for a key; for nobody when there is none.</summary>
    public async Task<HttpResponseMessage> GetAsync(string path, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return await Client.SendAsync(request, Cancellation);
    }

    /// <summary>The answer of a search, which must be one.</summary>
    /// <param name="key">That may read.</param>
    /// <param name="asked">As in <c>what=name&amp;value=example.com</c>.</param>
    public async Task<EventAnswer> FoundAsync(string key, string asked)
    {
        using var response = await GetAsync($"api/v1/search?{asked}", key);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, $"{asked}: {text}");
        return JsonSerializer.Deserialize<EventAnswer>(text, JsonSerializerOptions.Web)!;
    }

    /// <summary>The row of a job; null when there is none.</summary>
    public Task<JobRow?> RowAsync(string job) => Services.GetRequiredService<Jobs>().FindAsync(job, Cancellation);

    public Task SweepAsync() => RepeatAsync<Sweep>();

    /// <summary>What the server does again and again, now.</summary>
    public Task RepeatAsync<T>()
        where T : IWorkHandler
    {
        var handler = Services.GetServices<IWorkHandler>().OfType<T>().Single();
        return handler.DoAsync(
            new WorkItem { Id = string.Empty, Kind = handler.Kind, Subject = IWorkHandler.Repeated, ClaimedBy = string.Empty }, Cancellation);
    }

    public Task<HttpResponseMessage> RegisterAsync(string credential, JobRegistration job) =>
        SendAsync(HttpMethod.Post, "api/v1/jobs", credential, JsonContent.Create(job, IngestJson.Default.JobRegistration));

    public async Task<JobRegistered> RegisteredAsync(string credential, JobRegistration job)
    {
        using var response = await RegisterAsync(credential, job);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancellation));
        return (await response.Content.ReadFromJsonAsync(IngestJson.Default.JobRegistered, Cancellation))!;
    }

    public Task<HttpResponseMessage> PutAsync(JobRegistered job, TestSegment segment, string? credential = null) =>
        PutAsync(job.JobKey, segment.Number, segment.Bytes, segment.Previous, credential ?? job.UploadToken);

    public Task<HttpResponseMessage> PutAsync(string job, long number, byte[] bytes, string? previous, string credential)
    {
        var content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/zstd") } };
        if (previous is not null)
        {
            content.Headers.Add(IngestLimits.PreviousSealHeader, previous);
        }

        return SendAsync(
            HttpMethod.Put, string.Create(CultureInfo.InvariantCulture, $"api/v1/jobs/{job}/segments/{number}"), credential, content);
    }

    /// <summary>Sends segments, and each is accepted.</summary>
    public async Task PutAllAsync(JobRegistered job, IEnumerable<TestSegment> segments)
    {
        foreach (var segment in segments)
        {
            using var put = await PutAsync(job, segment);
            Assert.True(put.StatusCode == HttpStatusCode.OK, $"segment {segment.Number}: {put.StatusCode} {await put.Content.ReadAsStringAsync(Cancellation)}");
        }
    }

    public Task<HttpResponseMessage> EndAsync(JobRegistered job, long segments, long undelivered = 0) =>
        SendAsync(
            HttpMethod.Post, $"api/v1/jobs/{job.JobKey}/end", job.UploadToken,
            JsonContent.Create(new JobEnd(segments, undelivered), IngestJson.Default.JobEnd));

    /// <summary>Uploads a whole recording and waits until it is folded.</summary>
    public async Task<JobRegistered> UploadAsync(string credential, JobRegistration registration, IReadOnlyList<TestSegment> segments)
    {
        var job = await RegisteredAsync(credential, registration);
        await PutAllAsync(job, segments);
        using var end = await EndAsync(job, segments.Count);
        Assert.Equal(HttpStatusCode.OK, end.StatusCode);
        await WorkDoneAsync();
        return job;
    }

    /// <summary>Waits until no work is due.</summary>
    public async Task WorkDoneAsync()
    {
        var database = Services.GetRequiredService<Database>();
        await Until.NothingAsync(async () =>
        {
            var left = await database.ListAsync<string>(
                "SELECT kind || ' ' || subject || ' ' || COALESCE(mistake, '') FROM work WHERE kind = 'finish'", null, Cancellation);
            return left.Count == 0 ? null : $"all is done but {string.Join("; ", left)}";
        });
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        await giveBack();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<TestServer> StartAsync(
        string folder, Dictionary<string, string?> values, Action<WebApplicationBuilder>? change, Func<Task> giveBack)
    {
        var mistakes = new List<string>();
        var read = new ServerSettingsReader(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), mistakes).Read();
        Assert.Empty(mistakes);
        var app = await ServerHost.BuildAsync(read, builder =>
        {
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
            change?.Invoke(builder);
        });
        try
        {
            await app.StartAsync(Cancellation);
            return new TestServer(app, folder, read, giveBack);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string credential, HttpContent content)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        return await Client.SendAsync(request, Cancellation);
    }
}
