using Sallyport.Protocol.Recording;

namespace Sallyport.Bench.Server;

/// <summary>Cuts a recording into segments of so many events.</summary>
internal static class SegmentCutter
{
    public static List<CutSegment> Cut(IEnumerable<RecordedEvent> events, int eventsOfEach)
    {
        var segments = new List<CutSegment>();
        using var stream = new MemoryStream();
        using var writer = new RecordingWriter(stream);
        var previous = SegmentReader.FirstSeal;
        foreach (var some in events.Chunk(eventsOfEach))
        {
            var frames = writer.Frames;
            foreach (var recorded in some)
            {
                writer.Write(recorded);
            }

            writer.Seal();
            if (writer.Frames != frames + 1)
            {
                throw new InvalidOperationException($"{eventsOfEach} events are more than one frame: ask for fewer of each segment");
            }

            segments.Add(new CutSegment(segments.Count + 1, stream.ToArray(), previous, some.Length));
            stream.SetLength(0);
            previous = writer.LastSeal!;
        }

        return segments;
    }
}
