using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Protocol.Ingest;
using Sallyport.Protocol.Recording;
using Sallyport.Server.Access;
using Sallyport.Server.Ingest;
using Sallyport.Server.Insights;
using Sallyport.Server.Recordings;
using ZstdSharp;

namespace Sallyport.Server.Tests.Ingest;

/// <summary>Agents are brought up before the server: those of a later version say what this server has not heard of.</summary>
public sealed class LaterAgentTests(PostgresCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>CONTRACTS, Recording: what a reader does not know it passes over. It is kept as it came, and what is known of it is told.</summary>
    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task What_a_later_agent_says_is_taken_and_what_is_known_of_it_is_shown(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var registration = JsonSerializer.SerializeToNode(TestRecording.Job(), IngestJson.Default.JobRegistration)!.AsObject();
        registration["later"] = new JsonObject { ["a"] = new JsonArray(1, "two") };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("api/v1/jobs", UriKind.Relative)) { Content = JsonContent.Create(registration) };
        request.Headers.Authorization = new("Bearer", await server.KeyAsync("octo"));
        using var registered = await server.Client.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.OK, registered.StatusCode);
        var job = (await registered.Content.ReadFromJsonAsync(IngestJson.Default.JobRegistered, Cancellation))!;

        var known = TestRecording.Of(new MadeJob(new string('a', 64), "files.example.com", "198.51.100.7", "/work/x").Events(), 1);
        var (segments, number, previous) = (new List<TestSegment>(), 1, SegmentReader.FirstSeal);
        void Add(params IEnumerable<string> lines)
        {
            var text = string.Concat(lines.Select(line => line.Replace("\"seq\":0,", $"\"seq\":{number++},", StringComparison.Ordinal) + "\n"));
            var seal = Convert.ToHexStringLower(SHA256.HashData([.. Convert.FromHexString(previous), .. Encoding.UTF8.GetBytes(text)]));
            using var compressor = new Compressor(3);
            segments.Add(new(segments.Count + 1, compressor.Wrap(Encoding.UTF8.GetBytes($"{text}{{\"seal\":\"{seal}\"}}\n")).ToArray(), previous, seal));
            previous = seal;
        }

        // Every line that is known has more in it; between them are others, in segments with them and alone.
        const string Unknown = """{"v":1,"seq":0,"t":3,"type":"somethingLater","process":"p1","x":{"y":[1,2]}}""";
        const string Second = """{"v":2,"seq":0,"t":3,"type":"processExited","process":["not","as","today"]}""";
        foreach (var line in known.Select(LineOf))
        {
            Add(line[..^1] + ""","later":{"a":[null]}}""", Unknown, Second);
            Add(Unknown);
        }

        await server.PutAllAsync(job, segments.AsEnumerable().Reverse());
        using var end = await server.EndAsync(job, segments.Count);
        await server.WorkDoneAsync();
        var row = (await server.RowAsync(job.JobKey))!;
        Assert.Equal((FinishJob.Joined, ChainState.Intact, segments.Count, 1), (row.Recorded, row.Chain, row.Segments, row.Refused));
        await using var whole = await server.Services.GetRequiredService<IRecordingStore>().OpenAsync(row.RecordingName, Cancellation);
        using var bytes = new MemoryStream();
        await whole!.CopyToAsync(bytes, Cancellation);
        Assert.Equal(segments.SelectMany(segment => segment.Bytes), bytes.ToArray());
        var key = await server.KeyAsync("octo", ApiKeyRow.ReadScope);
        Assert.Equal(1, Assert.Single((await server.FoundAsync(key, "what=path&value=/work/x")).Matches).Matches);
    }

    // Of a segment with one event.
    private static string LineOf(TestSegment segment)
    {
        using var decompressor = new Decompressor();
        var line = Encoding.UTF8.GetString(decompressor.Unwrap(segment.Bytes)).Split('\n')[0];
        return Regex.Replace(line, "\"seq\":[0-9]+,", "\"seq\":0,");
    }
}
