using System.Runtime.InteropServices;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Decoding;

/// <summary>
/// A flow, or a packet without one, was judged. A view of the record's bytes: valid as long as they are.
/// </summary>
public readonly ref struct ConnectionEvent
{
    private readonly ref readonly ConnectionRecord fixedPart;

    private ConnectionEvent(in ConnectionRecord fixedPart) => this.fixedPart = ref fixedPart;

    /// <summary>The part of fixed size.</summary>
    public ref readonly ConnectionRecord Fixed => ref fixedPart;

    /// <summary>Reads the bytes of one record.</summary>
    /// <param name="record">From a ring; may be longer than the record.</param>
    /// <param name="value">Set when the result is true.</param>
    /// <param name="defect">What is wrong when the result is false.</param>
    public static bool TryRead(ReadOnlySpan<byte> record, out ConnectionEvent value, out RecordDefect defect)
    {
        value = default;
        if (!RecordLayout.TryCut<ConnectionRecord>(record, RecordType.Connection, out var bytes, out defect))
        {
            return false;
        }

        ref readonly var fixedPart = ref MemoryMarshal.AsRef<ConnectionRecord>(bytes);
        if (!RecordLayout.IsKnown(fixedPart.Verdict, ref defect))
        {
            return false;
        }

        value = new ConnectionEvent(in fixedPart);
        return true;
    }
}
