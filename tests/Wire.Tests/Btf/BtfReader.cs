using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Sallyport.Wire.Tests.Btf;

/// <summary>Reads the <c>.BTF</c> section (Documentation/bpf/btf.rst, "BTF Type and String Encoding").</summary>
internal sealed class BtfReader
{
    private const ushort Magic = 0xeb9f;
    private const uint KindFlag = 1u << 31;

    private readonly byte[] section;
    private readonly int strings;
    private int at;

    private BtfReader(byte[] section)
    {
        this.section = section;
        Assert.Equal(Magic, BinaryPrimitives.ReadUInt16LittleEndian(section));
        var header = (int)U32(4);
        at = header + (int)U32(8);
        strings = header + (int)U32(16);
        End = at + (int)U32(12);
    }

    private int End { get; }

    public static ImmutableArray<BtfType> Read(byte[] section)
    {
        var reader = new BtfReader(section);
        var types = ImmutableArray.CreateBuilder<BtfType>();
        types.Add(new BtfType(BtfKind.Void, "", 0, 0, 0, [], []));
        while (reader.at < reader.End)
        {
            types.Add(reader.Next());
        }

        return types.ToImmutable();
    }

    private BtfType Next()
    {
        var name = String(U32(at));
        var info = U32(at + 4);
        var sizeOrType = (int)U32(at + 8);
        at += 12;
        var kind = (BtfKind)((info >> 24) & 0x1f);
        var count = (int)(info & 0xffff);
        var type = new BtfType(kind, name, sizeOrType, sizeOrType, 0, [], []);
        switch (kind)
        {
            case BtfKind.Int or BtfKind.Variable or BtfKind.DeclarationTag:
                at += 4;
                return type;
            case BtfKind.Array:
                type = type with { Target = (int)U32(at), Elements = (int)U32(at + 8) };
                at += 12;
                return type;
            case BtfKind.Struct or BtfKind.Union:
                return type with { Members = Repeat(count, 12, () => Member((info & KindFlag) != 0)) };
            case BtfKind.Enum:
                return type with { Values = Repeat(count, 8, () => KeyValuePair.Create(String(U32(at)), (long)U32(at + 4))) };
            case BtfKind.Enum64:
                return type with
                {
                    Values = Repeat(count, 12, () => KeyValuePair.Create(String(U32(at)), U32(at + 4) | ((long)U32(at + 8) << 32))),
                };
            case BtfKind.FunctionPrototype:
                at += count * 8;
                return type;
            case BtfKind.DataSection:
                at += count * 12;
                return type;
            default:
                Assert.True(Enum.IsDefined(kind), $"BTF kind {kind} is not known to this reader");
                return type;
        }
    }

    // With the kind flag the upper byte of the offset is the width of a bit field, which wire.h may not use.
    private BtfMember Member(bool bitFields)
    {
        var offset = U32(at + 8);
        var bits = bitFields ? offset & 0xffffff : offset;
        return new BtfMember(String(U32(at)), (int)U32(at + 4), (int)(bits / 8));
    }

    private ImmutableArray<T> Repeat<T>(int count, int bytes, Func<T> read)
    {
        var items = ImmutableArray.CreateBuilder<T>(count);
        for (var i = 0; i < count; i++)
        {
            items.Add(read());
            at += bytes;
        }

        return items.ToImmutable();
    }

    private string String(uint offset)
    {
        var bytes = section.AsSpan(strings + (int)offset);
        return Encoding.UTF8.GetString(bytes[..bytes.IndexOf((byte)0)]);
    }

    private uint U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(section.AsSpan(offset));
}
