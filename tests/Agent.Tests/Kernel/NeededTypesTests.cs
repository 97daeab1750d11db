using System.Buffers.Binary;
using System.Text;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Tests.Kernel;

public sealed class NeededTypesTests
{
    private const string Names = "\0a\0b\0c\0int\0a___older\0";

    /// <summary>c { int }, b { int }, a { int, b, c *, b [2] }, and a typedef of c that nobody asks for.</summary>
    private static readonly byte[] s_kernel = Btf(
        Type("int", BtfKind.Int, 0, 4, 0x20),
        Type("c", BtfKind.Struct, 1, 4, 0, 1, 0),
        Type("", BtfKind.Pointer, 0, 2),
        Type("b", BtfKind.Struct, 1, 4, 0, 1, 0),
        Type("", BtfKind.Array, 0, 0, 4, 1, 2),
        Type("a", BtfKind.Struct, 4, 24, 0, 1, 0, 0, 4, 32, 0, 3, 64, 0, 5, 128),
        Type("c", BtfKind.Typedef, 0, 2));

    [Fact]
    public void A_type_is_there_with_what_its_value_is_made_of_and_without_what_it_points_to()
    {
        using var target = new MemoryStream();
        Write(s_kernel, Btf(Type("a___older", BtfKind.Struct, 0, 0)), target);
        Assert.True(KernelTypes.TryRead(target.ToArray(), out var types));

        var named = new Dictionary<string, int>();
        for (var id = 1; id < types.Count; id++)
        {
            var name = Encoding.ASCII.GetString(types.Name(id));
            named[name.Length > 0 ? name : types.Kind(id).ToString()] = id;
        }

        Assert.Equal(["Array", "Pointer", "a", "b", "int"], named.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([named["int"], named["b"], named["Pointer"], named["Array"]], Parts(types, named["a"]));
        Assert.Equal([named["b"], named["int"]], Parts(types, named["Array"]));
        Assert.Equal([named["int"]], Parts(types, named["b"]));
        Assert.Equal(0u, BinaryPrimitives.ReadUInt32LittleEndian(types.Bytes(named["Pointer"])[8..]));
    }

    /// <summary>libbpf 1.3 refuses numbers of types that are not there, also where it has no use for them.</summary>
    [Fact]
    public void Of_a_function_nothing_is_left_that_leads_elsewhere()
    {
        var kernel = Btf(
            Type("int", BtfKind.Int, 0, 4, 0x20),
            Type("b", BtfKind.Struct, 0, 0),
            Type("", BtfKind.FunctionPrototype, 2, 2, 0, 2, 0, 1),
            Type("a", BtfKind.Typedef, 0, 3));
        using var target = new MemoryStream();
        Write(kernel, Btf(Type("a", BtfKind.Typedef, 0, 0)), target);
        Assert.True(KernelTypes.TryRead(target.ToArray(), out var types));
        Assert.Equal(3, types.Count);
        Assert.Equal([2], Parts(types, 1));
        Assert.Equal(
            Type("", BtfKind.FunctionPrototype, 0, 0).SelectMany(BitConverter.GetBytes), types.Bytes(2).ToArray());
    }

    [Fact]
    public void Of_this_kernel_little_is_left()
    {
        Assert.SkipUnless(File.Exists(Machine.KernelTypes), $"this machine has no {Machine.KernelTypes}");
        var kernel = File.ReadAllBytes(Machine.KernelTypes);
        using var target = new MemoryStream();
        var own = Btf("\0task_struct\0sk_buff\0", Type(1, BtfKind.Struct, 0, 0), Type(13, BtfKind.Struct, 0, 0));
        Write(kernel, own, target);
        Assert.True(KernelTypes.TryRead(kernel, out var all));
        Assert.True(KernelTypes.TryRead(target.ToArray(), out var types));
        Assert.InRange(types.Count, 100, all.Count / 10);
        Assert.InRange(target.Length, 1, kernel.Length / 10);
    }

    /// <summary>More types than one walk from a mark to the next.</summary>
    [Fact]
    public void Each_type_is_found_by_its_number_and_on_the_way()
    {
        var bytes = Btf(
        [
            .. Enumerable.Range(0, 50).Select(i => i % 3 == 0
                ? Type("a", BtfKind.Struct, 1, 4, 0, (uint)i, 0)
                : Type("b", BtfKind.Typedef, 0, (uint)i)),
        ]);
        Assert.True(KernelTypes.TryRead(bytes, out var types));
        Assert.Equal(51, types.Count);
        var expected = 1;
        foreach (var type in types)
        {
            Assert.Equal(expected, type.Id);
            Assert.Equal(types.Kind(expected), type.Kind);
            Assert.Equal(types.Name(expected), type.Name);
            Assert.Equal((expected - 1) % 3 == 0 ? "a" : "b", Encoding.ASCII.GetString(type.Name));
            Assert.Equal([expected - 1], Parts(types, expected));
            expected++;
        }

        Assert.Equal(51, expected);
    }

    [Fact]
    public void What_is_cut_off_or_unknown_or_leads_nowhere_is_not_read()
    {
        using var target = new MemoryStream();
        for (var length = 0; length < s_kernel.Length; length++)
        {
            Assert.False(KernelTypes.TryRead(s_kernel.AsSpan(0, length), out _), $"{length} bytes");
        }

        Assert.False(KernelTypes.TryRead([s_kernel[0], s_kernel[1], 2, .. s_kernel.AsSpan(3)], out _), "version 2");
        Assert.False(KernelTypes.TryRead(Btf(Type("a", (BtfKind)31, 0, 0)), out _));
        Assert.True(KernelTypes.TryRead(Btf(Type("a", BtfKind.Struct, 0, 0)), out var own));
        Assert.True(KernelTypes.TryRead(Btf(Type("a", BtfKind.Typedef, 0, 9)), out var astray));
        Assert.False(NeededTypes.TryWrite(astray, own, target));
        Assert.Equal(0, target.Length);
    }

    private static void Write(byte[] kernel, byte[] own, MemoryStream target)
    {
        Assert.True(KernelTypes.TryRead(kernel, out var all));
        Assert.True(KernelTypes.TryRead(own, out var ours));
        Assert.True(NeededTypes.TryWrite(all, ours, target));
    }

    private static IEnumerable<int> Parts(KernelTypes types, int id)
    {
        var bytes = types.Bytes(id).ToArray();
        return types.Parts(id).Select(at => (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at))).ToArray();
    }

    private static uint[] Type(string name, BtfKind kind, uint count, params uint[] rest) =>
        Type(name.Length == 0 ? 0 : (uint)Names.IndexOf($"\0{name}\0", StringComparison.Ordinal) + 1, kind, count, rest);

    private static uint[] Type(uint name, BtfKind kind, uint count, params uint[] rest) => [name, ((uint)kind << 24) | count, .. rest];

    private static byte[] Btf(params uint[][] types) => Btf(Names, types);

    private static byte[] Btf(string names, params uint[][] types)
    {
        uint[] words = [.. types.SelectMany(type => type)];
        var length = (uint)words.Length * sizeof(uint);
        uint[] header = [0x0001eb9f, KernelTypes.HeaderBytes, 0, length, length, (uint)names.Length];
        return [.. header.Concat(words).SelectMany(BitConverter.GetBytes), .. Encoding.ASCII.GetBytes(names)];
    }
}
