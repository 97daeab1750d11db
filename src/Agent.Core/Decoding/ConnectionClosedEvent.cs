using System.Runtime.InteropServices;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Decoding;

/// <summary>A flow ended. A view of the record's bytes: valid as long as they are.</summary>
public readonly ref struct ConnectionClosedEvent
{
    private readonly ref readonly ConnectionClosedRecord fixedPart;

    private ConnectionClosedEvent(in ConnectionClosedRecord fixedPart) => this.fixedPart = ref fixedPart;

    /// <summary>The part of fixed size.</summary>
    public ref readonly ConnectionClosedRecord Fixed => ref fixedPart;

    /// <summary>Reads the bytes of one record.</summary>
    /// <param name="record">From a ring; may be longer than the record.</param>
    /// <param name="value">Set when the result is true.</param>
    /// <param name="defect">What is wrong when the result is false.</param>
    public static bool TryRead(ReadOnlySpan<byte> record, out ConnectionClosedEvent value, out RecordDefect defect)
    {
        value = default;
        if (!RecordLayout.TryCut<ConnectionClosedRecord>(
                record, RecordType.ConnectionClosed, out var bytes, out defect))
        {
            return false;
        }

        ref readonly var fixedPart = ref MemoryMarshal.AsRef<ConnectionClosedRecord>(bytes);

        value = new ConnectionClosedEvent(in fixedPart);
        return true;
    }
}
