using System.Runtime.InteropServices;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Decoding;

/// <summary>A process of the job began. A view of the record's bytes: valid as long as they are.</summary>
public readonly ref struct ProcessForkedEvent
{
    private readonly ref readonly ProcessForkedRecord fixedPart;

    private ProcessForkedEvent(in ProcessForkedRecord fixedPart) => this.fixedPart = ref fixedPart;

    /// <summary>The part of fixed size.</summary>
    public ref readonly ProcessForkedRecord Fixed => ref fixedPart;

    /// <summary>Reads the bytes of one record.</summary>
    /// <param name="record">From a ring; may be longer than the record.</param>
    /// <param name="value">Set when the result is true.</param>
    /// <param name="defect">What is wrong when the result is false.</param>
    public static bool TryRead(ReadOnlySpan<byte> record, out ProcessForkedEvent value, out RecordDefect defect)
    {
        value = default;
        if (!RecordLayout.TryCut<ProcessForkedRecord>(record, RecordType.ProcessForked, out var bytes, out defect))
        {
            return false;
        }

        ref readonly var fixedPart = ref MemoryMarshal.AsRef<ProcessForkedRecord>(bytes);

        value = new ProcessForkedEvent(in fixedPart);
        return true;
    }
}
