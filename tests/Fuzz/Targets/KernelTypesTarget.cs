using System.Text;
using Sallyport.Agent.Kernel;

namespace Sallyport.Fuzz.Targets;

/// <summary>BTF: what is taken out of it can be read, and every type of it is found.</summary>
internal sealed class KernelTypesTarget : IFuzzTarget
{
    private const string Names = "\0a\0b\0int\0btf_trace_a\0bpf_a\0";

    /// <summary>int, a { int, b *, b [2] }, b { int }, an enum, and a hook.</summary>
    private static readonly uint[] s_words =
    [
        5, (uint)BtfKind.Int << 24, 4, 0x20,
        1, ((uint)BtfKind.Struct << 24) | 3, 24, 3, 1, 0, 1, 3, 64, 3, 4, 128,
        0, (uint)BtfKind.Pointer << 24, 5,
        0, (uint)BtfKind.Array << 24, 0, 5, 1, 2,
        3, ((uint)BtfKind.Struct << 24) | 1, 4, 3, 1, 0,
        1, ((uint)BtfKind.Enum << 24) | 1, 4, 3, 1,
        9, (uint)BtfKind.Typedef << 24, 3,
    ];

    public string Name => "kernel-types";

    public IReadOnlyList<byte[]> Seeds { get; } = [Whole()];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        .. Enum.GetValues<BtfKind>().Select(kind => BitConverter.GetBytes(((uint)kind << 24) | 2)),
        BitConverter.GetBytes(uint.MaxValue), BitConverter.GetBytes(0x7fffffff),
    ];

    public void Read(ReadOnlySpan<byte> input)
    {
        if (!KernelTypes.TryRead(input, out var types))
        {
            return;
        }

        var at = 0;
        foreach (var type in types)
        {
            at++;
            if (type.Id != at || type.Kind != types.Kind(at) || !type.Name.SequenceEqual(types.Name(at)))
            {
                throw new InvalidOperationException($"type {at} is another one by its number than on the way");
            }
        }

        using var target = new MemoryStream();
        if (NeededTypes.TryWrite(types, types, target) && !KernelTypes.TryRead(target.ToArray(), out _))
        {
            throw new InvalidOperationException("what was taken out cannot be read");
        }
    }

    private static byte[] Whole()
    {
        var bytes = (uint)s_words.Length * sizeof(uint);
        uint[] head = [KernelTypes.Begin, KernelTypes.HeaderBytes, 0, bytes, bytes, (uint)Names.Length];
        return [.. head.Concat(s_words).SelectMany(BitConverter.GetBytes), .. Encoding.ASCII.GetBytes(Names)];
    }
}
