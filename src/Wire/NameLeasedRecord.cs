using System.Runtime.InteropServices;

namespace Sallyport.Wire;

/// <summary><c>struct sp_name_leased</c>: an answer leased addresses; name and addresses follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct NameLeasedRecord
{
    /// <summary>What every record begins with.</summary>
    public RecordHeader Header;

    /// <summary>Of the socket that asked; 0 when there is none.</summary>
    public ulong Cookie;

    /// <summary>Lowest rule of the lease.</summary>
    public ushort Rule;

    /// <summary>Of the addresses, from the start of the record, bytes.</summary>
    public ushort AddressOffset;

    /// <summary>Addresses leased, 16 bytes each.</summary>
    public ushort AddressCount;

    /// <summary>Of the name, from the start of the record, bytes.</summary>
    public ushort NameOffset;

    /// <summary>Of the name, bytes.</summary>
    public ushort NameLength;

    /// <summary>Addresses that leased nothing: private, link-local, loopback, or table full.</summary>
    public ushort RefusedCount;

    /// <summary>Smallest of the answer, seconds; for the record: a lease lasts until the job ends.</summary>
    public uint TtlSeconds;
}
