using System.Runtime.InteropServices;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Decoding;

/// <summary>A DNS question was judged. A view of the record's bytes: valid as long as they are.</summary>
public readonly ref struct NameAskedEvent
{
    private readonly ref readonly NameAskedRecord fixedPart;

    private NameAskedEvent(in NameAskedRecord fixedPart) => this.fixedPart = ref fixedPart;

    /// <summary>The part of fixed size.</summary>
    public ref readonly NameAskedRecord Fixed => ref fixedPart;

    /// <summary>Lower case with dots, no trailing dot; any bytes when malformed.</summary>
    public ReadOnlySpan<byte> Name { get; private init; }

    /// <summary>Reads the bytes of one record.</summary>
    /// <param name="record">From a ring; may be longer than the record.</param>
    /// <param name="value">Set when the result is true.</param>
    /// <param name="defect">What is wrong when the result is false.</param>
    public static bool TryRead(ReadOnlySpan<byte> record, out NameAskedEvent value, out RecordDefect defect)
    {
        value = default;
        if (!RecordLayout.TryCut<NameAskedRecord>(record, RecordType.NameAsked, out var bytes, out defect))
        {
            return false;
        }

        ref readonly var fixedPart = ref MemoryMarshal.AsRef<NameAskedRecord>(bytes);
        if (!RecordLayout.IsKnown(fixedPart.Verdict, ref defect)
            || !RecordLayout.TryField<NameAskedRecord>(
                bytes, fixedPart.NameOffset, fixedPart.NameLength, out var name, ref defect))
        {
            return false;
        }

        value = new NameAskedEvent(in fixedPart)
        {
            Name = name,
        };
        return true;
    }
}
