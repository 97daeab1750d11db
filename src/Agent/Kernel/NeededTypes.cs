using System.Buffers.Binary;
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
    /// <param name="kernel">BTF of the kernel.</param>
    /// <param name="own">BTF of the programs.</param>
    /// <param name="target">Gets BTF.</param>
    /// <returns>False, with nothing written, when either is not understood: then nothing may be left out.</returns>
    internal static bool TryWrite(ReadOnlySpan<byte> kernel, ReadOnlySpan<byte> own, Stream target)
    {
        if (!KernelTypes.TryRead(own, out var ours) || !KernelTypes.TryRead(kernel, out var all))
        {
            return false;
        }

        List<int> kept = [.. Named(all, Names(ours))];
        var numbers = new Dictionary<int, uint>();
        foreach (var id in kept)
        {
            numbers.Add(id, (uint)numbers.Count + 1);
        }

        var bytes = 0;
        for (var i = 0; i < kept.Count; i++)
        {
            var type = all.Bytes(kept[i]);
            bytes += Written(all, kept[i]).Length;
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

        target.Write(Head(kernel, bytes, all.Strings.Length));
        foreach (var id in kept)
        {
            var type = Written(all, id);
            foreach (var at in all.Parts(id))
            {
                var part = (int)BinaryPrimitives.ReadUInt32LittleEndian(type.AsSpan(at));
                BinaryPrimitives.WriteUInt32LittleEndian(type.AsSpan(at), part == 0 ? 0 : numbers[part]);
            }

            target.Write(type);
        }

        // Names stay where they were.
        target.Write(all.Strings);
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

    private static byte[] Head(ReadOnlySpan<byte> kernel, int types, int strings)
    {
        var head = new byte[KernelTypes.HeaderBytes];
        kernel[..4].CopyTo(head); // magic, version, flags
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
        for (var id = 1; id < types.Count; id++)
        {
            if (HasMeaning(types.Kind(id)) && Essential(types.Name(id)) is { IsEmpty: false } name)
            {
                _ = names.Add(Fnv1a.Hash(name));
            }
        }

        return names;
    }

    private static List<int> Named(KernelTypes types, HashSet<ulong> names)
    {
        var named = new List<int>();
        for (var id = 1; id < types.Count; id++)
        {
            if (HasMeaning(types.Kind(id)) && names.Contains(Fnv1a.Hash(types.Name(id))))
            {
                named.Add(id);
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
}
