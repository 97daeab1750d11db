using System.Runtime.InteropServices;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Decoding;

/// <summary>
/// A process of the job connected to a Unix socket, maybe a container runtime's. A view of the record's bytes: valid as long as
/// they are.
/// </summary>
public readonly ref struct DaemonAskedEvent
{
    private readonly ref readonly DaemonAskedRecord fixedPart;

    private DaemonAskedEvent(in DaemonAskedRecord fixedPart) => this.fixedPart = ref fixedPart;

    /// <summary>The part of fixed size.</summary>
    public ref readonly DaemonAskedRecord Fixed => ref fixedPart;

    /// <summary>A daemon of the machine that was there before the job, and no container runtime.</summary>
    public bool IsHelper => fixedPart.Kind is DaemonKind.Helper or DaemonKind.RefusedHelper or DaemonKind.Names;

    /// <summary>Of the Unix socket; a leading NUL is an abstract name.</summary>
    public ReadOnlySpan<byte> Path { get; private init; }

    /// <summary>Reads the bytes of one record.</summary>
    /// <param name="record">From a ring; may be longer than the record.</param>
    /// <param name="value">Set when the result is true.</param>
    /// <param name="defect">What is wrong when the result is false.</param>
    public static bool TryRead(ReadOnlySpan<byte> record, out DaemonAskedEvent value, out RecordDefect defect)
    {
        value = default;
        if (!RecordLayout.TryCut<DaemonAskedRecord>(record, RecordType.DaemonAsked, out var bytes, out defect))
        {
            return false;
        }

        ref readonly var fixedPart = ref MemoryMarshal.AsRef<DaemonAskedRecord>(bytes);
        if (!RecordLayout.TryField<DaemonAskedRecord>(
                bytes, fixedPart.PathOffset, fixedPart.PathLength, out var path, ref defect))
        {
            return false;
        }

        value = new DaemonAskedEvent(in fixedPart)
        {
            Path = path,
        };
        return true;
    }
}
