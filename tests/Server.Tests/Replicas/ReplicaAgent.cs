using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Sallyport.Protocol.Ingest;

namespace Sallyport.Server.Tests.Replicas;

/// <summary>Sends one job through whichever replica answers, each request through the next one.</summary>
internal sealed class ReplicaAgent(IReadOnlyList<HttpClient> replicas, string key, int first)
{
    private int turn = first;

    /// <summary>Requests that failed and were sent again.</summary>
    public int Repeated { get; private set; }

    /// <returns>The job's key.</returns>
    public async Task<string> SendAsync(JobRegistration registration, IReadOnlyList<TestSegment> segments)
    {
        var job = await SendAsync(
            HttpMethod.Post, "api/v1/jobs", key, () => JsonContent.Create(registration, IngestJson.Default.JobRegistration),
            content => content.ReadFromJsonAsync(IngestJson.Default.JobRegistered, TestContext.Current.CancellationToken));
        foreach (var segment in segments)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"api/v1/jobs/{job!.JobKey}/segments/{segment.Number}");
            await SendAsync(HttpMethod.Put, path, job.UploadToken, () => Content(segment), _ => Task.FromResult(true));
        }

        var end = new JobEnd(segments.Count, 0);
        await SendAsync(
            HttpMethod.Post, $"api/v1/jobs/{job!.JobKey}/end", job.UploadToken,
            () => JsonContent.Create(end, IngestJson.Default.JobEnd), _ => Task.FromResult(true));
        return job.JobKey;
    }

    private static ByteArrayContent Content(TestSegment segment)
    {
        var content = new ByteArrayContent(segment.Bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/zstd") } };
        content.Headers.Add(IngestLimits.PreviousSealHeader, segment.Previous);
        return content;
    }

    private async Task<T> SendAsync<T>(
        HttpMethod method, string path, string credential, Func<HttpContent> content, Func<HttpContent, Task<T>> read)
    {
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(method, path) { Content = content() };
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
                var replica = replicas[turn++ % replicas.Count];
                using var response = await replica.SendAsync(request, TestContext.Current.CancellationToken);
                if (response.StatusCode < HttpStatusCode.InternalServerError)
                {
                    var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                    Assert.True(response.IsSuccessStatusCode, $"{path}: {response.StatusCode} {text}");
                    return await read(response.Content);
                }
            }
            catch (Exception e) when (
                (e is HttpRequestException or TaskCanceledException or IOException)
                && !TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                // That replica has died, perhaps after it had taken it.
            }

            Repeated++;
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
