using System.Collections.Immutable;

namespace Sallyport.Wire.Tests.Btf;

/// <summary>The types of one compiled object, by name.</summary>
internal sealed class BtfFile(ImmutableArray<BtfType> types)
{
    private const int PointerBytes = 8;

    public static BtfFile Read(string objectPath) => new(BtfReader.Read(ElfSection.Read(objectPath, ".BTF")));

    public IEnumerable<BtfType> Structs(string prefix) => Named(BtfKind.Struct, prefix);

    public IEnumerable<BtfType> Enums(string prefix) =>
        Named(BtfKind.Enum, prefix).Concat(Named(BtfKind.Enum64, prefix));

    public BtfType Struct(string name) => Structs(name).Single(type => type.Name == name);

    public BtfType Enum(string name) => Enums(name).Single(type => type.Name == name);

    /// <summary>Bytes that a value of the type takes.</summary>
    public int SizeOf(int type)
    {
        var found = types[type];
        return found.Kind switch
        {
            BtfKind.Pointer => PointerBytes,
            BtfKind.Array => found.Elements * SizeOf(found.Target),
            BtfKind.Typedef or BtfKind.Volatile or BtfKind.Const or BtfKind.Restrict or BtfKind.TypeTag
                => SizeOf(found.Target),
            _ => found.Size,
        };
    }

    private IEnumerable<BtfType> Named(BtfKind kind, string prefix) =>
        types.Where(type => type.Kind == kind && type.Name.StartsWith(prefix, StringComparison.Ordinal));
}
