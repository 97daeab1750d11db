using System.Security.Cryptography;
using System.Text;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Core.Tests;
using Sallyport.Protocol.Recording;
using ZstdSharp;

namespace Sallyport.Fuzz.Targets;

/// <summary>
/// Recordings, twice: the input as the file, which tests frames; and as the lines of a frame that is sealed and compressed
/// rightly, which tests what only stands behind a good seal.
/// </summary>
internal sealed class RecordingTarget : IFuzzTarget, IEventSink<RecordedEvent>, IDisposable
{
    // Inputs are small: whatever expands past this is a bomb that the reader must stop.
    private static readonly RecordingLimits Limits = new(MaximumTextBytes: 8 << 20);

    private readonly List<RecordedEvent> events = [];
    private readonly Compressor compressor = new();

    public RecordingTarget()
    {
        var correlator = new JobCorrelator();
        foreach (var record in RecordBytes.OneOfEach())
        {
            correlator.Accept(RecordRing.Events, record, this);
        }

        var file = Write();
        using var decompressor = new Decompressor();
        Seeds = [file, decompressor.Unwrap(file).ToArray()];
    }

    public string Name => "recording";

    public IReadOnlyList<byte[]> Seeds { get; }

    public IReadOnlyList<byte[]> Words { get; } =
    [
        .. new[]
        {
            "\"v\":1", "\"seq\":", "\"t\":", "\"type\":", "{\"seal\":\"", "\n", "null", "true", "-1", "1e999", "\\ud800",
            "9223372036854775808", "[", "]", "{", "}", ",", "\"\":",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public void Read(ReadOnlySpan<byte> input)
    {
        ReadAll(input.ToArray());
        ReadAll(Sealed(input));
    }

    public void Accept(RecordedEvent value) => events.Add(value);

    public void Dispose() => compressor.Dispose();

    private static void ReadAll(byte[] file)
    {
        using var stream = new MemoryStream(file);
        using var reader = new RecordingReader(stream, Limits);
        while (reader.TryRead(out _))
        {
        }

        ArgumentNullException.ThrowIfNull(reader.Integrity);
    }

    // A frame's lines and the seal that fits a first frame: sha256(32 zero bytes ‖ lines).
    private byte[] Sealed(ReadOnlySpan<byte> lines)
    {
        var end = lines.LastIndexOf("{\"seal\""u8);
        var kept = end < 0 ? lines : lines[..end];
        var seal = Convert.ToHexStringLower(SHA256.HashData([.. new byte[SHA256.HashSizeInBytes], .. kept]));
        return compressor.Wrap([.. kept, .. Encoding.UTF8.GetBytes($"{{\"seal\":\"{seal}\"}}\n")]).ToArray();
    }

    private byte[] Write()
    {
        using var stream = new MemoryStream();
        using (var writer = new RecordingWriter(stream))
        {
            events.ForEach(recorded => writer.Write(recorded));
        }

        return stream.ToArray();
    }
}
