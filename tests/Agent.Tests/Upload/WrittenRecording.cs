using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Tests.Upload;

/// <summary>A recording of as many segments as asked for, on disk.</summary>
internal static class WrittenRecording
{
    internal static string Of(TestFolder folder, int segments)
    {
        var path = Path.Combine(folder.Path, "recording.ndjson.zst");
        using var stream = File.Create(path);
        using var writer = new RecordingWriter(stream);
        var wall = DateTimeOffset.UnixEpoch.AddYears(56);
        Assert.True(writer.Write(new RecordingStarted(
            "0.1.0", wall, "6.18", "x86_64", "audit", "observing", [], ["make"], "/", "ada", [], null) { BootTimeNs = 1 }));
        for (var number = 2; number <= segments; number++)
        {
            writer.Seal();
            Assert.True(writer.Write(new EventsLost("test", number) { BootTimeNs = number }));
        }

        Assert.True(writer.Write(new RecordingEnded(wall, 0, null) { BootTimeNs = segments }));
        writer.Seal();
        Assert.Equal(segments, writer.Frames);
        return path;
    }
}
