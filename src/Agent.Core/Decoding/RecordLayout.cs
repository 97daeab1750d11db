using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Decoding;

/// <summary>The checks that all records share. Every later access relies on these and does not check again.</summary>
internal static class RecordLayout
{
    /// <summary>Reads the header of any record; its length is not judged yet.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> bytes, out RecordHeader header, out RecordDefect defect)
    {
        defect = RecordDefect.None;
        if (!MemoryMarshal.TryRead(bytes, out header))
        {
            defect = RecordDefect.NoHeader;
        }
        else if (header.Version != WireLimits.WireVersion)
        {
            defect = RecordDefect.Version;
        }

        return defect == RecordDefect.None;
    }

    /// <summary>
    /// Cuts <paramref name="bytes"/> to the length that the header states (a ring rounds up to 8 bytes) when the
    /// record is of the type and holds its fixed part.
    /// </summary>
    public static bool TryCut<TFixed>(
        ReadOnlySpan<byte> bytes,
        RecordType type,
        out ReadOnlySpan<byte> record,
        out RecordDefect defect)
        where TFixed : unmanaged
    {
        record = default;
        if (!TryReadHeader(bytes, out var header, out defect))
        {
            return false;
        }

        if (header.Type != type)
        {
            defect = RecordDefect.Type;
            return false;
        }

        if (header.Length > (uint)bytes.Length || header.Length < (uint)Unsafe.SizeOf<TFixed>())
        {
            defect = RecordDefect.Length;
            return false;
        }

        record = bytes[..(int)header.Length];
        return true;
    }

    /// <summary>Finds a variable field; one without bytes may stand anywhere.</summary>
    public static bool TryField<TFixed>(
        ReadOnlySpan<byte> record,
        int offset,
        int length,
        out ReadOnlySpan<byte> field,
        scoped ref RecordDefect defect)
        where TFixed : unmanaged
    {
        if (length == 0)
        {
            field = default;
            return true;
        }

        if (offset < Unsafe.SizeOf<TFixed>() || offset + length > record.Length)
        {
            field = default;
            defect = RecordDefect.Field;
            return false;
        }

        field = record.Slice(offset, length);
        return true;
    }

    public static bool IsKnown(KernelVerdict verdict, ref RecordDefect defect)
    {
        if (verdict is KernelVerdict.Allowed or KernelVerdict.Refused or KernelVerdict.Observed)
        {
            return true;
        }

        defect = RecordDefect.Verdict;
        return false;
    }
}
