using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Sallyport.Agent.Enforcement;

namespace Sallyport.Agent.Kernel;

/// <summary>
/// Of the kernel's types those that our programs are fitted to (CO-RE). libbpf looks through all that it is given, more than a
/// hundred thousand, once for each type that a program reads: this was a quarter of an agent's start.
/// </summary>
internal static class NeededTypes
{
    /// <summary>Writes the types of the kernel that have the name of one of ours, and all that those hold by value.</summary>
    /// <remarks>What a pointer leads to is left out: fitting walks values, and begins anew at a name behind each pointer.</remarks>
    /// <param name="all">Of the kernel.</param>
    /// <param name="own">Of the programs.</param>
    /// <param name="target">Gets BTF.</param>
    /// <returns>False, with nothing written, when one leads to a type that is not there.</returns>
    internal static bool TryWrite(KernelTypes all, KernelTypes own, Stream target)
    {
        var kept = Named(all, Names(own));
        var numbers = new Dictionary<int, uint>();
        foreach (var id in kept)
        {
            numbers.Add(id, (uint)numbers.Count + 1);
        }

        for (var i = 0; i < kept.Count; i++)
        {
            var type = all.Bytes(kept[i]);
            foreach (var at in all.Parts(kept[i]))
            {
                var part = (int)BinaryPrimitives.ReadUInt32LittleEndian(type[at..]);
                if (part < 0 || part >= all.Count)
                {
                    return false;
                }

                if (part != 0 && numbers.TryAdd(part, (uint)numbers.Count + 1))
                {
                    kept.Add(part);
                }
            }
        }

        var body = new MemoryStream();
        var names = new NameTable(all);
        foreach (var id in kept)
        {
            var type = Written(all, id);
            foreach (var at in all.Parts(id))
            {
                var part = (int)BinaryPrimitives.ReadUInt32LittleEndian(type.AsSpan(at));
                BinaryPrimitives.WriteUInt32LittleEndian(type.AsSpan(at), part == 0 ? 0 : numbers[part]);
            }

            foreach (var at in all.Names(id))
            {
                BinaryPrimitives.WriteUInt32LittleEndian(
                    type.AsSpan(at), names.Take(BinaryPrimitives.ReadUInt32LittleEndian(type.AsSpan(at))));
            }

            body.Write(type);
        }

        target.Write(Head((int)body.Length, names.Bytes.Length));
        body.WriteTo(target);
        target.Write(names.Bytes);
        return true;
    }

    /// <summary>
    /// A type as it is written, but for the numbers of its parts. A pointer leads to void, and a function takes and returns nothing:
    /// libbpf refuses numbers that are not there (since 1.3).
    /// </summary>
    private static byte[] Written(KernelTypes types, int id)
    {
        var type = types.Bytes(id);
        switch (types.Kind(id))
        {
            case BtfKind.Pointer:
                return [.. type[..8], 0, 0, 0, 0];
            case BtfKind.FunctionPrototype:
                return [.. type[..4], 0, 0, 0, (byte)((int)BtfKind.FunctionPrototype), 0, 0, 0, 0];
            default:
                return type.ToArray();
        }
    }

    private static byte[] Head(int types, int strings)
    {
        var head = new byte[KernelTypes.HeaderBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(head, KernelTypes.Begin);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), head.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(12), types);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(16), types);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(20), strings);
        return head;
    }

    /// <summary>Hashes of names. Two names with one hash bring in a type too many, which does no harm.</summary>
    private static HashSet<ulong> Names(KernelTypes types)
    {
        var names = new HashSet<ulong>();
        foreach (var type in types)
        {
            if (HasMeaning(type.Kind) && Essential(type.Name) is { IsEmpty: false } name)
            {
                _ = names.Add(Fnv1a.Hash(name));
            }
        }

        return names;
    }

    private static List<int> Named(KernelTypes types, HashSet<ulong> names)
    {
        var named = new List<int>();
        foreach (var type in types)
        {
            if (HasMeaning(type.Kind) && names.Contains(Fnv1a.Hash(type.Name)))
            {
                named.Add(type.Id);
            }
        }

        return named;
    }

    /// <summary>A kind whose types programs name.</summary>
    private static bool HasMeaning(BtfKind kind) =>
        kind is BtfKind.Int or BtfKind.Struct or BtfKind.Union or BtfKind.Enum or BtfKind.Typedef or BtfKind.Float or BtfKind.Enum64;

    /// <summary>Without its flavour: <c>inode___older</c> stands for <c>inode</c>.</summary>
    private static ReadOnlySpan<byte> Essential(ReadOnlySpan<byte> name)
    {
        var flavour = name.LastIndexOf("___"u8);
        return flavour > 0 ? name[..flavour] : name;
    }

    /// <summary>The names that are used, each once and with its NUL, behind the empty one.</summary>
    private ref struct NameTable(KernelTypes types)
    {
        private readonly KernelTypes types = types;
        private readonly Dictionary<uint, uint> taken = new() { [0] = 0 };
        private readonly List<byte> bytes = [0];

        internal readonly ReadOnlySpan<byte> Bytes => CollectionsMarshal.AsSpan(bytes);

        /// <param name="offset">Of a name of the kernel's.</param>
        /// <returns>Its offset here.</returns>
        internal readonly uint Take(uint offset)
        {
            if (!taken.TryGetValue(offset, out var here))
            {
                here = (uint)bytes.Count;
                taken.Add(offset, here);
                bytes.AddRange(types.NameAt(offset));
                bytes.Add(0);
            }

            return here;
        }
    }
}
