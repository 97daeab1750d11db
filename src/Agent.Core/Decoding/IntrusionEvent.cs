using System.Runtime.InteropServices;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Decoding;

/// <summary>
/// A call that reaches into another process, or into what watches. A view of the record's bytes: valid as long as they are.
/// </summary>
public readonly ref struct IntrusionEvent
{
    private readonly ref readonly IntrusionRecord fixedPart;

    private IntrusionEvent(in IntrusionRecord fixedPart) => this.fixedPart = ref fixedPart;

    /// <summary>All of it.</summary>
    public ref readonly IntrusionRecord Fixed => ref fixedPart;

    /// <summary>Reads the bytes of one record.</summary>
    /// <param name="record">From a ring; may be longer than the record.</param>
    /// <param name="value">Set when the result is true.</param>
    /// <param name="defect">What is wrong when the result is false.</param>
    public static bool TryRead(ReadOnlySpan<byte> record, out IntrusionEvent value, out RecordDefect defect)
    {
        value = default;
        if (!RecordLayout.TryCut<IntrusionRecord>(record, RecordType.Intrusion, out var bytes, out defect))
        {
            return false;
        }

        value = new IntrusionEvent(in MemoryMarshal.AsRef<IntrusionRecord>(bytes));
        return true;
    }
}
