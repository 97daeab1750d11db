using System.Runtime.InteropServices;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Decoding;

/// <summary>
/// A piece of the environment that an execution began with. A view of the record's bytes: valid as long as they are.
/// </summary>
public readonly ref struct EnvironmentEvent
{
    private readonly ref readonly EnvironmentRecord fixedPart;

    private EnvironmentEvent(in EnvironmentRecord fixedPart) => this.fixedPart = ref fixedPart;

    /// <summary>The part of fixed size.</summary>
    public ref readonly EnvironmentRecord Fixed => ref fixedPart;

    /// <summary>NUL-separated variables, cut anywhere; empty when the process's memory could not be read.</summary>
    public ReadOnlySpan<byte> Data { get; private init; }

    /// <summary>Reads the bytes of one record.</summary>
    /// <param name="record">From a ring; may be longer than the record.</param>
    /// <param name="value">Set when the result is true.</param>
    /// <param name="defect">What is wrong when the result is false.</param>
    public static bool TryRead(ReadOnlySpan<byte> record, out EnvironmentEvent value, out RecordDefect defect)
    {
        value = default;
        if (!RecordLayout.TryCut<EnvironmentRecord>(record, RecordType.Environment, out var bytes, out defect))
        {
            return false;
        }

        ref readonly var fixedPart = ref MemoryMarshal.AsRef<EnvironmentRecord>(bytes);
        if (!RecordLayout.TryField<EnvironmentRecord>(
                bytes, fixedPart.DataOffset, fixedPart.DataLength, out var data, ref defect))
        {
            return false;
        }

        value = new EnvironmentEvent(in fixedPart)
        {
            Data = data,
        };
        return true;
    }
}
