using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Sallyport.Protocol.Ingest;
using Sallyport.Protocol.Recording;
using Sallyport.Server.Access;

namespace Sallyport.Server.Commands;

/// <summary>Fills a server with recordings, over its own interface, as an agent would.</summary>
internal sealed class DemoUpload(WebApplication app, string owner)
{
    /// <summary>Sends every recording below a folder.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> RunAsync(string folder, CancellationToken cancellation)
    {
        var keys = app.Services.GetRequiredService<ApiKeys>();
        var (id, key) = await keys.CreateAsync(owner, "demonstration", ApiKeyRow.AgentScope, Actor.Console, cancellation);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        using var client = new HttpClient { BaseAddress = new Uri(address) };
        var sent = 0;
        foreach (var path in Directory.GetFiles(folder, "*.ndjson.zst", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            await SendAsync(client, key, path, cancellation);
            sent++;
        }

        await keys.RevokeAsync(owner, id, Actor.Console, cancellation);
        return sent;
    }

    private async Task SendAsync(HttpClient client, string key, string path, CancellationToken cancellation)
    {
        await using var stream = File.OpenRead(path);
        using var tail = new RecordingTail(stream);
        var segments = new List<RecordingSegment>();
        while (tail.TryNext() is { } segment)
        {
            segments.Add(segment);
        }

        var name = Path.GetFileName(Path.GetDirectoryName(path))!;
        if (new RecordedIdentity(name, OfRunner: false, null).Registration(tail, atLast: true) is not { } registration)
        {
            return;
        }

        // A recording of a runner's job names the repository that it was made for; here it is the demonstration's.
        registration = registration.Repository is { } repository
            ? registration with { Repository = $"{owner}/{repository[(repository.IndexOf('/', StringComparison.Ordinal) + 1)..]}" }
            : registration;
        using var registered = await SendAsync(
            client, HttpMethod.Post, "api/v1/jobs", key, JsonContent.Create(registration, IngestJson.Default.JobRegistration), cancellation);
        var job = await registered.EnsureSuccessStatusCode().Content.ReadFromJsonAsync(IngestJson.Default.JobRegistered, cancellation);
        foreach (var segment in segments)
        {
            var content = new ByteArrayContent(segment.Packed.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/zstd") } };
            content.Headers.Add(IngestLimits.PreviousSealHeader, segment.PreviousSeal);
            var place = string.Create(CultureInfo.InvariantCulture, $"api/v1/jobs/{job!.JobKey}/segments/{segment.Number}");
            using var put = await SendAsync(client, HttpMethod.Put, place, job.UploadToken, content, cancellation);
        }

        var end = JsonContent.Create(new JobEnd(segments.Count, 0), IngestJson.Default.JobEnd);
        using var ended = await SendAsync(client, HttpMethod.Post, $"api/v1/jobs/{job!.JobKey}/end", job.UploadToken, end, cancellation);
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient client, HttpMethod method, string path, string credential, HttpContent content, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        return await client.SendAsync(request, cancellation);
    }
}
