using System.Globalization;
using System.Net;
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
    // What the server says to a segment that was changed after it was sealed: one recording of the corpus shows that.
    private const HttpStatusCode DoesNotFit = HttpStatusCode.UnprocessableEntity;

    /// <summary>Sends every recording below a folder.</summary>
    /// <returns>How many there were, and how many segments the server refused because they were tampered with.</returns>
    /// <exception cref="InvalidOperationException">There is none, or one of them was not taken: the message says which and why.</exception>
    public async Task<(int Recordings, long Refused)> RunAsync(string folder, CancellationToken cancellation)
    {
        var keys = app.Services.GetRequiredService<ApiKeys>();
        var (id, key) = await keys.CreateAsync(owner, "demonstration", ApiKeyRow.AgentScope, Actor.Console, cancellation);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        using var client = new HttpClient { BaseAddress = new Uri(address) };
        var (sent, refused) = (0, 0L);
        try
        {
            foreach (var path in Directory.GetFiles(folder, "*.ndjson.zst", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                refused += await SendAsync(client, key, path, cancellation);
                sent++;
            }
        }
        finally
        {
            await keys.RevokeAsync(owner, id, Actor.Console, CancellationToken.None);
        }

        return sent > 0 ? (sent, refused) : throw new InvalidOperationException($"{folder} has no recording: files named *.ndjson.zst are looked for, in it and below");
    }

    private async Task<long> SendAsync(HttpClient client, string key, string path, CancellationToken cancellation)
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
            throw new InvalidOperationException($"{path} is not a recording: it has no beginning");
        }

        // A recording of a runner's job names the repository that it was made for; here it is the demonstration's.
        registration = registration.Repository is { } repository
            ? registration with { Repository = $"{owner}/{repository[(repository.IndexOf('/', StringComparison.Ordinal) + 1)..]}" }
            : registration;
        using var registered = await SendAsync(
            path, client, HttpMethod.Post, "api/v1/jobs", key, JsonContent.Create(registration, IngestJson.Default.JobRegistration), cancellation);
        var job = await registered.Content.ReadFromJsonAsync(IngestJson.Default.JobRegistered, cancellation);
        var refused = 0L;
        foreach (var segment in segments)
        {
            var content = new ByteArrayContent(segment.Packed.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/zstd") } };
            content.Headers.Add(IngestLimits.PreviousSealHeader, segment.PreviousSeal);
            var place = string.Create(CultureInfo.InvariantCulture, $"api/v1/jobs/{job!.JobKey}/segments/{segment.Number}");
            using var put = await SendAsync(path, client, HttpMethod.Put, place, job.UploadToken, content, cancellation);
            refused += put.StatusCode == DoesNotFit ? 1 : 0;
        }

        var end = JsonContent.Create(new JobEnd(segments.Count, refused), IngestJson.Default.JobEnd);
        using var ended = await SendAsync(path, client, HttpMethod.Post, $"api/v1/jobs/{job!.JobKey}/end", job.UploadToken, end, cancellation);
        return refused;
    }

    private static async Task<HttpResponseMessage> SendAsync(
        string recording, HttpClient client, HttpMethod method, string path, string credential, HttpContent content, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        var response = await client.SendAsync(request, cancellation);
        if (!response.IsSuccessStatusCode && !(method == HttpMethod.Put && response.StatusCode == DoesNotFit))
        {
            using (response)
            {
                var said = await response.Content.ReadAsStringAsync(cancellation);
                throw new InvalidOperationException(
                    $"{recording} was not taken: {method} {path} was answered with {(int)response.StatusCode} {said}".TrimEnd());
            }
        }

        return response;
    }
}
