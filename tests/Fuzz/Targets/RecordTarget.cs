using System.Runtime.InteropServices;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Core.Tests;
using Sallyport.Protocol.Recording;
using Sallyport.Wire;

namespace Sallyport.Fuzz.Targets;

/// <summary>
/// Records of the rings, through decoding and correlation; one correlator for all, so that its tables fill.
/// </summary>
internal sealed class RecordTarget : IFuzzTarget, IEventSink<RecordedEvent>
{
    private readonly JobCorrelator correlator = new();
    private ulong order;

    public string Name => "records";

    public IReadOnlyList<byte[]> Seeds { get; } = RecordBytes.OneOfEach();

    public IReadOnlyList<byte[]> Words { get; } = [.. Enum.GetValues<RecordType>().Select(type => BitConverter.GetBytes((ushort)type))];

    public void Read(ReadOnlySpan<byte> input)
    {
        correlator.Accept((RecordRing)(order & 1), input, this);

        // Most changes break the length: the same bytes once more with a header that lets them in.
        if (input.Length >= Marshal.SizeOf<RecordHeader>())
        {
            var repaired = input.ToArray();
            ref var header = ref MemoryMarshal.AsRef<RecordHeader>(repaired.AsSpan());
            header.Version = WireLimits.WireVersion;
            header.Length = (uint)repaired.Length;
            correlator.Accept((RecordRing)(order & 1), repaired, this);
        }

        if (++order % 256 == 0)
        {
            correlator.Settle(this);
            correlator.AcceptLosses([], (long)order, this);
        }
    }

    public void Accept(RecordedEvent value) => ArgumentNullException.ThrowIfNull(value);
}
