using System.Runtime.InteropServices;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Decoding;

/// <summary>
/// A flow said its name and was judged by it. A view of the record's bytes: valid as long as they are.
/// </summary>
public readonly ref struct FlowNamedEvent
{
    private readonly ref readonly FlowNamedRecord fixedPart;

    private FlowNamedEvent(in FlowNamedRecord fixedPart) => this.fixedPart = ref fixedPart;

    /// <summary>The part of fixed size.</summary>
    public ref readonly FlowNamedRecord Fixed => ref fixedPart;

    /// <summary>As the flow said it: any bytes.</summary>
    public ReadOnlySpan<byte> Name { get; private init; }

    /// <summary>Reads the bytes of one record.</summary>
    /// <param name="record">From a ring; may be longer than the record.</param>
    /// <param name="value">Set when the result is true.</param>
    /// <param name="defect">What is wrong when the result is false.</param>
    public static bool TryRead(ReadOnlySpan<byte> record, out FlowNamedEvent value, out RecordDefect defect)
    {
        value = default;
        if (!RecordLayout.TryCut<FlowNamedRecord>(record, RecordType.FlowNamed, out var bytes, out defect))
        {
            return false;
        }

        ref readonly var fixedPart = ref MemoryMarshal.AsRef<FlowNamedRecord>(bytes);
        if (!RecordLayout.IsKnown(fixedPart.Verdict, ref defect)
            || !RecordLayout.TryField<FlowNamedRecord>(
                bytes, fixedPart.NameOffset, fixedPart.NameLength, out var name, ref defect))
        {
            return false;
        }

        value = new FlowNamedEvent(in fixedPart)
        {
            Name = name,
        };
        return true;
    }
}
