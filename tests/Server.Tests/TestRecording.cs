using Sallyport.Protocol.Ingest;
using Sallyport.Protocol.Recording;

namespace Sallyport.Server.Tests;

/// <summary>Recordings for tests: those of the corpus, and made ones, cut into segments.</summary>
internal static class TestRecording
{
    public static string Root { get; } =
        typeof(TestRecording).Assembly.GetCustomAttributes(typeof(System.Reflection.AssemblyMetadataAttribute), false)
            .Cast<System.Reflection.AssemblyMetadataAttribute>().Single(entry => entry.Key == "RepositoryRoot").Value!;

    public static string Corpus(string name) => Path.Combine(Root, "corpus", name, "recording.ndjson.zst");

    public static JobRegistration Job(string repository = "octo/site", string runId = "100", string job = "build") => new(
        repository, null, "CI", runId, 1, job, job, null, "0123456789abcdef0123456789abcdef01234567", "refs/heads/main", "push",
        "mona", "runner-1", "self-hosted", "0.1.0", null);

    /// <summary>Writes a recording of the given events, a frame after every so many.</summary>
    public static List<TestSegment> Of(IEnumerable<RecordedEvent> events, int eventsPerSegment = 3)
    {
        var segments = new List<TestSegment>();
        using var stream = new MemoryStream();
        using var writer = new RecordingWriter(stream);
        var previous = SegmentReader.FirstSeal;
        void Cut()
        {
            var start = stream.Length;
            writer.Seal();
            if (stream.Length > start)
            {
                segments.Add(new(segments.Count + 1, stream.ToArray()[(int)start..], previous, writer.LastSeal!));
                previous = writer.LastSeal!;
            }
        }

        var count = 0;
        foreach (var recorded in events)
        {
            writer.Write(recorded);
            if (++count % eventsPerSegment == 0)
            {
                Cut();
            }
        }

        Cut();
        return segments;
    }

    /// <summary>A small job: a shell that runs curl, an allowed and a refused destination.</summary>
    public static List<TestSegment> Small(DateTimeOffset? at = null) => Of(Events(at ?? new DateTimeOffset(2026, 11, 26, 8, 0, 0, TimeSpan.Zero)));

    /// <summary>The segments of a recording in a file.</summary>
    public static List<TestSegment> Read(string path)
    {
        var events = new List<RecordedEvent>();
        using var stream = File.OpenRead(path);
        using var reader = new RecordingReader(stream);
        while (reader.TryRead(out var recorded))
        {
            events.Add(recorded);
        }

        return Of(events, 100);
    }

    public static IEnumerable<RecordedEvent> Events(DateTimeOffset at)
    {
        var template = new List<RecordedEvent>();
        using var stream = File.OpenRead(Corpus("refused-canary"));
        using var reader = new RecordingReader(stream);
        while (reader.TryRead(out var recorded))
        {
            template.Add(recorded is RecordingStarted started ? started with { WallTime = at } : recorded);
        }

        return template;
    }
}
