using System.Runtime.InteropServices;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Decoding;

/// <summary>A process replaced its program. A view of the record's bytes: valid as long as they are.</summary>
public readonly ref struct ProcessExecutedEvent
{
    private readonly ref readonly ProcessExecutedRecord fixedPart;

    private ProcessExecutedEvent(in ProcessExecutedRecord fixedPart) => this.fixedPart = ref fixedPart;

    /// <summary>The part of fixed size.</summary>
    public ref readonly ProcessExecutedRecord Fixed => ref fixedPart;

    /// <summary>Path of the executable.</summary>
    public ReadOnlySpan<byte> Exe { get; private init; }

    /// <summary>Working directory.</summary>
    public ReadOnlySpan<byte> Cwd { get; private init; }

    /// <summary>Arguments, each ended by NUL but perhaps the last.</summary>
    public ReadOnlySpan<byte> Argv { get; private init; }

    /// <summary>Reads the bytes of one record.</summary>
    /// <param name="record">From a ring; may be longer than the record.</param>
    /// <param name="value">Set when the result is true.</param>
    /// <param name="defect">What is wrong when the result is false.</param>
    public static bool TryRead(ReadOnlySpan<byte> record, out ProcessExecutedEvent value, out RecordDefect defect)
    {
        value = default;
        if (!RecordLayout.TryCut<ProcessExecutedRecord>(record, RecordType.ProcessExecuted, out var bytes, out defect))
        {
            return false;
        }

        ref readonly var fixedPart = ref MemoryMarshal.AsRef<ProcessExecutedRecord>(bytes);
        if (!RecordLayout.TryField<ProcessExecutedRecord>(
                bytes, fixedPart.ExeOffset, fixedPart.ExeLength, out var exe, ref defect)
            || !RecordLayout.TryField<ProcessExecutedRecord>(
                bytes, fixedPart.CwdOffset, fixedPart.CwdLength, out var cwd, ref defect)
            || !RecordLayout.TryField<ProcessExecutedRecord>(
                bytes, fixedPart.ArgvOffset, fixedPart.ArgvLength, out var argv, ref defect))
        {
            return false;
        }

        value = new ProcessExecutedEvent(in fixedPart)
        {
            Exe = exe,
            Cwd = cwd,
            Argv = argv,
        };
        return true;
    }
}
