using System.Buffers.Binary;

namespace Sallyport.Agent.Kernel;

/// <summary>Types of a kernel, or of programs, as BTF has them (Documentation/bpf/btf.rst, "BTF Type and String Encoding").</summary>
internal readonly ref struct KernelTypes
{
    /// <summary>Of the header of linux/btf.h.</summary>
    internal const int HeaderBytes = 24;

    private const ushort Magic = 0xeb9f;
    private const int TypeBytes = 12;
    private const int MemberBytes = 12;

    private readonly ReadOnlySpan<byte> bytes;
    private readonly ReadOnlySpan<int> starts;

    private KernelTypes(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> starts, ReadOnlySpan<byte> strings)
    {
        this.bytes = bytes;
        this.starts = starts;
        Strings = strings;
    }

    /// <summary>Numbers of types are below it, and above 0, which is void.</summary>
    internal int Count => starts.Length - 1;

    /// <summary>All names, each with a NUL behind it.</summary>
    internal ReadOnlySpan<byte> Strings { get; }

    /// <returns>False when it is not understood: damaged, or with a kind that came later.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out KernelTypes types)
    {
        types = default;
        if (bytes.Length < HeaderBytes || BinaryPrimitives.ReadUInt16LittleEndian(bytes) != Magic)
        {
            return false;
        }

        // Behind the magic, the version and the flags: length of the header, offset and length of the types, and of the strings.
        long header = U32(bytes, 4);
        var begin = header + U32(bytes, 8);
        var end = begin + U32(bytes, 12);
        var strings = header + U32(bytes, 16);
        long stringBytes = U32(bytes, 20);
        if (begin < HeaderBytes || end > bytes.Length || strings + stringBytes > bytes.Length)
        {
            return false;
        }

        var count = 1;
        for (var at = begin; at < end; count++)
        {
            var length = at + TypeBytes <= end ? LengthAt(bytes, (int)at) : 0;
            at += length;
            if (length == 0 || at > end)
            {
                return false;
            }
        }

        var starts = new int[count + 1];
        starts[1] = (int)begin;
        for (var id = 1; id < count; id++)
        {
            starts[id + 1] = starts[id] + LengthAt(bytes, starts[id]);
        }

        types = new KernelTypes(bytes, starts, bytes.Slice((int)strings, (int)stringBytes));
        return true;
    }

    internal BtfKind Kind(int id) => KindAt(bytes, starts[id]);

    internal ReadOnlySpan<byte> Bytes(int id) => bytes[starts[id]..starts[id + 1]];

    /// <summary>Empty when it has none.</summary>
    internal ReadOnlySpan<byte> Name(int id)
    {
        var offset = U32(bytes, starts[id]);
        var name = offset < (uint)Strings.Length ? Strings[(int)offset..] : default;
        var end = name.IndexOf((byte)0);
        return end < 0 ? default : name[..end];
    }

    /// <summary>Where, in <see cref="Bytes"/>, the numbers of the types stand that a value of this type is made of.</summary>
    internal IEnumerable<int> Parts(int id) => Kind(id) switch
    {
        BtfKind.Array => [TypeBytes, TypeBytes + sizeof(uint)],
        BtfKind.Struct or BtfKind.Union =>
            Enumerable.Range(0, CountAt(bytes, starts[id])).Select(i => TypeBytes + (i * MemberBytes) + sizeof(uint)),
        BtfKind.Typedef or BtfKind.Volatile or BtfKind.Const or BtfKind.Restrict or BtfKind.TypeTag => [8],
        _ => [],
    };

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static BtfKind KindAt(ReadOnlySpan<byte> bytes, int at) => (BtfKind)((U32(bytes, at + 4) >> 24) & 0x1f);

    private static int CountAt(ReadOnlySpan<byte> bytes, int at) => (int)(U32(bytes, at + 4) & 0xffff);

    /// <summary>0 of an unknown kind.</summary>
    private static int LengthAt(ReadOnlySpan<byte> bytes, int at) => KindAt(bytes, at) switch
    {
        BtfKind.Int or BtfKind.Variable or BtfKind.DeclarationTag => TypeBytes + 4,
        BtfKind.Array => TypeBytes + 12,
        BtfKind.Struct or BtfKind.Union or BtfKind.DataSection or BtfKind.Enum64 => TypeBytes + (CountAt(bytes, at) * 12),
        BtfKind.Enum or BtfKind.FunctionPrototype => TypeBytes + (CountAt(bytes, at) * 8),
        BtfKind.Pointer or BtfKind.Forward or BtfKind.Typedef or BtfKind.Volatile or BtfKind.Const or BtfKind.Restrict
            or BtfKind.Function or BtfKind.Float or BtfKind.TypeTag => TypeBytes,
        _ => 0,
    };
}
