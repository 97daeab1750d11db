using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Sallyport.Agent.Kernel;

/// <summary>Types of a kernel, or of programs, as BTF has them (Documentation/bpf/btf.rst, "BTF Type and String Encoding").</summary>
internal readonly ref struct KernelTypes
{
    /// <summary>Of the header of linux/btf.h.</summary>
    internal const int HeaderBytes = 24;

    /// <summary>The first four bytes, little-endian: magic, version 1, no flags.</summary>
    internal const uint Begin = 0xeb9f | (1 << 16);

    private const int TypeBytes = 12;
    private const int MemberBytes = 12;

    /// <summary>Types have no fixed length: where each so many-th begins is kept, the others are walked to.</summary>
    private const int Stride = 16;

    private readonly ReadOnlySpan<byte> bytes;
    private readonly ReadOnlySpan<int> marks;
    private readonly int begin;

    private KernelTypes(ReadOnlySpan<byte> bytes, int begin, int count, ReadOnlySpan<int> marks, ReadOnlySpan<byte> strings)
    {
        this.bytes = bytes;
        this.begin = begin;
        this.marks = marks;
        Count = count;
        Strings = strings;
    }

    /// <summary>Numbers of types are below it, and above 0, which is void.</summary>
    internal int Count { get; }

    /// <summary>All names, each with a NUL behind it.</summary>
    private ReadOnlySpan<byte> Strings { get; }

    /// <returns>False when it is not understood: damaged, of another version or byte order, or with a kind that came later.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out KernelTypes types)
    {
        types = default;
        if (bytes.Length < HeaderBytes || U32(bytes, 0) != Begin)
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
        var marks = new List<int>();
        for (var at = begin; at < end; count++)
        {
            if (count % Stride == 1)
            {
                marks.Add((int)at);
            }

            var length = at + TypeBytes <= end ? LengthAt(bytes, (int)at) : 0;
            at += length;
            if (length == 0 || at > end)
            {
                return false;
            }
        }

        types = new KernelTypes(
            bytes, (int)begin, count, CollectionsMarshal.AsSpan(marks), bytes.Slice((int)strings, (int)stringBytes));
        return true;
    }

    internal BtfKind Kind(int id) => KindAt(bytes, Start(id));

    internal ReadOnlySpan<byte> Bytes(int id)
    {
        var start = Start(id);
        return bytes.Slice(start, LengthAt(bytes, start));
    }

    /// <summary>Empty when it has none.</summary>
    internal ReadOnlySpan<byte> Name(int id) => NameAt(U32(bytes, Start(id)));

    /// <param name="offset">As types and their members hold it.</param>
    /// <returns>Without its NUL; empty when there is none.</returns>
    internal ReadOnlySpan<byte> NameAt(uint offset)
    {
        var name = offset < (uint)Strings.Length ? Strings[(int)offset..] : default;
        var end = name.IndexOf((byte)0);
        return end < 0 ? default : name[..end];
    }

    /// <summary>In the order of their numbers, without a search for each.</summary>
    public Walk GetEnumerator() => new(this);

    /// <summary>Where, in <see cref="Bytes"/>, the numbers of the types stand that a value of this type is made of.</summary>
    internal IEnumerable<int> Parts(int id) => Kind(id) switch
    {
        BtfKind.Array => [TypeBytes, TypeBytes + sizeof(uint)],
        BtfKind.Struct or BtfKind.Union =>
            Enumerable.Range(0, CountAt(bytes, Start(id))).Select(i => TypeBytes + (i * MemberBytes) + sizeof(uint)),
        BtfKind.Typedef or BtfKind.Volatile or BtfKind.Const or BtfKind.Restrict or BtfKind.TypeTag => [8],
        _ => [],
    };

    /// <summary>Where, in <see cref="Bytes"/>, offsets of names stand: its own, and those of its members or values.</summary>
    internal IEnumerable<int> Names(int id)
    {
        var width = Kind(id) switch
        {
            BtfKind.Struct or BtfKind.Union or BtfKind.Enum64 => MemberBytes,
            BtfKind.Enum => 8,
            _ => 0,
        };
        return Enumerable.Range(0, width == 0 ? 1 : CountAt(bytes, Start(id)) + 1)
            .Select(i => i == 0 ? 0 : TypeBytes + ((i - 1) * width));
    }

    private int Start(int id)
    {
        var at = marks[(id - 1) / Stride];
        for (var left = (id - 1) % Stride; left > 0; left--)
        {
            at += LengthAt(bytes, at);
        }

        return at;
    }

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

    /// <summary>Stands on one type after the other; before the first at the beginning.</summary>
    internal ref struct Walk(KernelTypes types)
    {
        private readonly KernelTypes types = types;
        private int start;
        private int next = types.begin;

        internal int Id { get; private set; }

        internal readonly BtfKind Kind => KindAt(types.bytes, start);

        internal readonly ReadOnlySpan<byte> Name => types.NameAt(U32(types.bytes, start));

        /// <summary>Itself: one that goes on.</summary>
        public readonly Walk Current => this;

        public bool MoveNext()
        {
            if (Id + 1 >= types.Count)
            {
                return false;
            }

            Id++;
            start = next;
            next += LengthAt(types.bytes, start);
            return true;
        }
    }
}
