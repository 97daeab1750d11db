using System.Runtime.InteropServices;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Decoding;

/// <summary>An answer leased addresses to a name. A view of the record's bytes: valid as long as they are.</summary>
public readonly ref struct NameLeasedEvent
{
    private readonly ref readonly NameLeasedRecord fixedPart;

    private NameLeasedEvent(in NameLeasedRecord fixedPart) => this.fixedPart = ref fixedPart;

    /// <summary>The part of fixed size.</summary>
    public ref readonly NameLeasedRecord Fixed => ref fixedPart;

    /// <summary>Lower case with dots, no trailing dot; any bytes when malformed.</summary>
    public ReadOnlySpan<byte> Name { get; private init; }

    /// <summary>The addresses, 16 bytes each.</summary>
    public ReadOnlySpan<byte> AddressBlock { get; private init; }

    /// <summary>The addresses in network form.</summary>
    public ReadOnlySpan<AddressBytes> Addresses => MemoryMarshal.Cast<byte, AddressBytes>(AddressBlock);

    /// <summary>Reads the bytes of one record.</summary>
    /// <param name="record">From a ring; may be longer than the record.</param>
    /// <param name="value">Set when the result is true.</param>
    /// <param name="defect">What is wrong when the result is false.</param>
    public static bool TryRead(ReadOnlySpan<byte> record, out NameLeasedEvent value, out RecordDefect defect)
    {
        value = default;
        if (!RecordLayout.TryCut<NameLeasedRecord>(record, RecordType.NameLeased, out var bytes, out defect))
        {
            return false;
        }

        ref readonly var fixedPart = ref MemoryMarshal.AsRef<NameLeasedRecord>(bytes);
        if (!RecordLayout.TryField<NameLeasedRecord>(
                bytes, fixedPart.NameOffset, fixedPart.NameLength, out var name, ref defect)
            || !RecordLayout.TryField<NameLeasedRecord>(
                bytes, fixedPart.AddressOffset, fixedPart.AddressCount * AddressBytes.Length,
                out var addressBlock, ref defect))
        {
            return false;
        }

        value = new NameLeasedEvent(in fixedPart)
        {
            Name = name,
            AddressBlock = addressBlock,
        };
        return true;
    }
}
