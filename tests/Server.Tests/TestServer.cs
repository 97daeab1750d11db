using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sallyport.Protocol.Ingest;
using Sallyport.Server.Access;
using Sallyport.Server.Configuration;

namespace Sallyport.Server.Tests;

/// <summary>A server on loopback, with its own data folder and database; over real HTTP.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly string folder;

    private TestServer(WebApplication app, string folder, ServerSettings settings)
    {
        this.app = app;
        this.folder = folder;
        Settings = settings;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Client = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    public ServerSettings Settings { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => app.Services;

    public static async Task<TestServer> StartAsync(
        StoreKind kind, PostgresCluster cluster, Dictionary<string, string?>? settings = null, Action<WebApplicationBuilder>? change = null)
    {
        var folder = Directory.CreateTempSubdirectory("sallyport-server-").FullName;
        var values = new Dictionary<string, string?> { ["listen"] = "http://127.0.0.1:0", ["dataFolder"] = folder };
        if (kind is StoreKind.PostgreSql or StoreKind.PostgreSqlAndBucket)
        {
            values["connectionStrings:store"] = await cluster.CreateDatabaseAsync();
        }

        foreach (var (key, value) in settings ?? [])
        {
            values[key] = value;
        }

        var mistakes = new List<string>();
        var read = new ServerSettingsReader(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), mistakes).Read();
        Assert.Empty(mistakes);
        var app = await ServerHost.BuildAsync(read, builder =>
        {
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
            change?.Invoke(builder);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TestServer(app, folder, read);
    }

    /// <summary>An API key for an owner.</summary>
    public async Task<string> KeyAsync(string owner) =>
        (await Services.GetRequiredService<ApiKeys>().CreateAsync(
            owner, "test", ApiKeyRow.AgentScope, Actor.Console, TestContext.Current.CancellationToken)).Key;

    public Task<HttpResponseMessage> RegisterAsync(string credential, JobRegistration job) =>
        SendAsync(HttpMethod.Post, "api/v1/jobs", credential, JsonContent.Create(job, IngestJson.Default.JobRegistration));

    public async Task<JobRegistered> RegisteredAsync(string credential, JobRegistration job)
    {
        using var response = await RegisterAsync(credential, job);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return (await response.Content.ReadFromJsonAsync(IngestJson.Default.JobRegistered, TestContext.Current.CancellationToken))!;
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

    public Task<HttpResponseMessage> EndAsync(JobRegistered job, long segments, long undelivered = 0) =>
        SendAsync(
            HttpMethod.Post, $"api/v1/jobs/{job.JobKey}/end", job.UploadToken,
            JsonContent.Create(new JobEnd(segments, undelivered), IngestJson.Default.JobEnd));

    /// <summary>Uploads a whole recording and waits until it is folded.</summary>
    public async Task<JobRegistered> UploadAsync(string credential, JobRegistration registration, IReadOnlyList<TestSegment> segments)
    {
        var job = await RegisteredAsync(credential, registration);
        foreach (var segment in segments)
        {
            using var put = await PutAsync(job, segment);
            Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        }

        using var end = await EndAsync(job, segments.Count);
        Assert.Equal(HttpStatusCode.OK, end.StatusCode);
        await WorkDoneAsync();
        return job;
    }

    /// <summary>Waits until no work is due.</summary>
    public async Task WorkDoneAsync()
    {
        var database = Services.GetRequiredService<Server.Store.Database>();
        for (var waited = 0; ; waited++)
        {
            var left = await database.ListAsync<string>(
                "SELECT kind || ' ' || subject || ' ' || COALESCE(mistake, '') FROM work WHERE kind = 'finish'",
                null, TestContext.Current.CancellationToken);
            if (left.Count == 0)
            {
                return;
            }

            Assert.True(waited < 600, $"still to do: {string.Join("; ", left)}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string credential, HttpContent content)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
