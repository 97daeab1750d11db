using System.Buffers;
using System.Runtime.InteropServices;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Decoding;

/// <summary>A container of the job was made. A view of the record's bytes: valid as long as they are.</summary>
public readonly ref struct ContainerCreatedEvent
{
    /// <summary>Bytes of an id that BuildKit gave: below <c>buildkit/</c>, in base 36.</summary>
    private const int BuildKitIdBytes = 25;

    private static readonly SearchValues<byte> HexadecimalDigits = SearchValues.Create("0123456789abcdef"u8);
    private static readonly SearchValues<byte> Base36Digits =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz"u8);

    private readonly ref readonly ContainerCreatedRecord fixedPart;

    private ContainerCreatedEvent(in ContainerCreatedRecord fixedPart) => this.fixedPart = ref fixedPart;

    /// <summary>The part of fixed size.</summary>
    public ref readonly ContainerCreatedRecord Fixed => ref fixedPart;

    /// <summary>64 lower-case hexadecimal digits, or 25 of 0-9 and a-z: a step of a BuildKit build.</summary>
    public ReadOnlySpan<byte> Id { get; private init; }

    /// <summary>A runtime knows the container by its id. The steps of a BuildKit build are in no runtime's list.</summary>
    public bool IsKnownToRuntime => Id.Length == WireLimits.ContainerIdBytes;

    /// <summary>Reads the bytes of one record.</summary>
    /// <param name="record">From a ring; may be longer than the record.</param>
    /// <param name="value">Set when the result is true.</param>
    /// <param name="defect">What is wrong when the result is false.</param>
    public static bool TryRead(ReadOnlySpan<byte> record, out ContainerCreatedEvent value, out RecordDefect defect)
    {
        value = default;
        if (!RecordLayout.TryCut<ContainerCreatedRecord>(
                record, RecordType.ContainerCreated, out var bytes, out defect))
        {
            return false;
        }

        ref readonly var fixedPart = ref MemoryMarshal.AsRef<ContainerCreatedRecord>(bytes);
        if (!RecordLayout.TryField<ContainerCreatedRecord>(
                bytes, fixedPart.IdOffset, fixedPart.IdLength, out var id, ref defect))
        {
            return false;
        }

        if (!IsId(id))
        {
            defect = RecordDefect.ContainerId;
            return false;
        }

        value = new ContainerCreatedEvent(in fixedPart)
        {
            Id = id,
        };
        return true;
    }

    private static bool IsId(ReadOnlySpan<byte> id) => id.Length switch
    {
        WireLimits.ContainerIdBytes => !id.ContainsAnyExcept(HexadecimalDigits),
        BuildKitIdBytes => !id.ContainsAnyExcept(Base36Digits),
        _ => false,
    };
}
