using System.Runtime.InteropServices;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Decoding;

/// <summary>
/// The job changed where packets go, or what names mean. A view of the record's bytes: valid as long as they are.
/// </summary>
public readonly ref struct MachineChangedEvent
{
    private readonly ref readonly MachineChangedRecord fixedPart;

    private MachineChangedEvent(in MachineChangedRecord fixedPart) => this.fixedPart = ref fixedPart;

    /// <summary>The part of fixed size.</summary>
    public ref readonly MachineChangedRecord Fixed => ref fixedPart;

    /// <summary>What the kernel tells of it; how it is read depends on the source.</summary>
    public ReadOnlySpan<byte> Data { get; private init; }

    /// <summary>Reads the bytes of one record.</summary>
    /// <param name="record">From a ring; may be longer than the record.</param>
    /// <param name="value">Set when the result is true.</param>
    /// <param name="defect">What is wrong when the result is false.</param>
    public static bool TryRead(ReadOnlySpan<byte> record, out MachineChangedEvent value, out RecordDefect defect)
    {
        value = default;
        if (!RecordLayout.TryCut<MachineChangedRecord>(record, RecordType.MachineChanged, out var bytes, out defect))
        {
            return false;
        }

        ref readonly var fixedPart = ref MemoryMarshal.AsRef<MachineChangedRecord>(bytes);
        if (!RecordLayout.TryField<MachineChangedRecord>(
                bytes, fixedPart.DataOffset, fixedPart.DataLength, out var data, ref defect))
        {
            return false;
        }

        value = new MachineChangedEvent(in fixedPart)
        {
            Data = data,
        };
        return true;
    }
}
