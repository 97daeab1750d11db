using System.Reflection;
using System.Runtime.InteropServices;
using Sallyport.Wire.Tests.Btf;

namespace Sallyport.Wire.Tests;

public sealed class LayoutTests(CompiledHeader header) : IClassFixture<CompiledHeader>
{
    public static TheoryData<string> Structs => [.. Mirror.Structs.Keys.Order()];

    public static TheoryData<string> Enums => [.. Mirror.Enums.Keys.Order()];

    [Fact]
    public void Every_record_of_the_header_has_a_mirror() =>
        Assert.Equal(Mirror.Structs.Keys.Order(), header.Btf.Structs("sp_").Select(type => type.Name).Order());

    [Fact]
    public void Every_enumeration_of_the_header_has_a_mirror() =>
        Assert.Equal(Mirror.Enums.Keys.Order(), header.Btf.Enums("sp_").Select(type => type.Name).Order());

    [Theory]
    [MemberData(nameof(Structs))]
    public void A_mirror_has_the_layout_that_clang_gives_the_header(string name) => AssertSameLayout(header.Btf, name);

    [Theory]
    [MemberData(nameof(Enums))]
    public void A_mirror_has_the_values_of_the_headers_enumeration(string name) => AssertSameValues(header.Btf, name);

    [Fact]
    public void Every_limit_has_the_value_that_clang_computes()
    {
        var mirrored = typeof(WireLimits).GetFields().Where(field => field.Name != nameof(WireLimits.NoRule))
            .Select(field => $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), null)}");
        var defined = header.Macros.Where(macro => !IsMark(macro))
            .Select(macro => $"{Mirror.Pascal(macro["SP_".Length..])} = {header.Value(macro)}");
        Assert.Equal(defined.Order(), mirrored.Order());
    }

    [Theory]
    [InlineData("SP_EXEC_", typeof(ExecMarks))]
    [InlineData("SP_FORK_", typeof(ForkMarks))]
    [InlineData("SP_CREATED_", typeof(ContainerMarks))]
    public void Every_mark_has_the_bit_that_the_header_gives_it(string prefix, Type marks)
    {
        var mirrored = Enum.GetValuesAsUnderlyingType(marks).Cast<uint>().Where(mark => mark != 0)
            .Select(mark => $"{Enum.GetName(marks, mark)} = {mark}");
        var defined = header.Macros.Where(macro => macro.StartsWith(prefix, StringComparison.Ordinal))
            .Select(macro => $"{Mirror.Pascal(macro[prefix.Length..])} = {header.Value(macro)}");
        Assert.Equal(defined.Order(), mirrored.Order());
    }

    // clang leaves out of an object's BTF what no program uses, so what the object has is compared.
    [Fact]
    public void The_built_object_has_the_same_layouts()
    {
#pragma warning disable RS0030 // The one place of this project that reads the environment.
        var path = Environment.GetEnvironmentVariable("SALLYPORT_BPF_OBJECT")
#pragma warning restore RS0030
            ?? Path.Combine(header.Root, "out", "sallyport.bpf.o");
        Assert.SkipUnless(File.Exists(path), $"{path} is not built; the header itself was compared");
        var built = BtfFile.Read(path);
        var structs = Mirror.Structs.Keys.Where(name => built.Structs(name).Any(type => type.Name == name)).ToList();
        Assert.Contains("sp_process_executed", structs);
        structs.ForEach(name => AssertSameLayout(built, name));
        Mirror.Enums.Keys.Where(name => built.Enums(name).Any(type => type.Name == name)).ToList()
            .ForEach(name => AssertSameValues(built, name));
    }

    private static void AssertSameLayout(BtfFile btf, string name)
    {
        var mirror = Mirror.Structs[name];
        var type = btf.Struct(name);
        Assert.Equal(type.Size, SizeOf(mirror));
        var expected = type.Members.Select(
            member => $"{Mirror.Pascal(member.Name)} at {member.OffsetBytes}, {btf.SizeOf(member.Type)} bytes");
        var fields = mirror.GetFields(BindingFlags.Public | BindingFlags.Instance);
        var actual = fields.Select(field => (Field: field, Offset: (int)Marshal.OffsetOf(mirror, field.Name)))
            .OrderBy(field => field.Offset)
            .Select(field => $"{field.Field.Name} at {field.Offset}, {SizeOf(field.Field.FieldType)} bytes");
        Assert.Equal(expected, actual);
    }

    private static void AssertSameValues(BtfFile btf, string name)
    {
        var (mirror, prefix) = Mirror.Enums[name];
        var expected = btf.Enum(name).Values.Select(value => $"{Mirror.Pascal(value.Key[prefix.Length..])} = {value.Value}");
        var actual = Enum.GetNames(mirror).Select(value => $"{value} = {Convert.ToInt64(Enum.Parse(mirror, value), null)}");
        Assert.Equal(expected.Order(), actual.Order());
    }

    private static int SizeOf(Type type) => type.IsEnum
        ? Marshal.SizeOf(type.GetEnumUnderlyingType())
        : type == typeof(AddressBytes) ? AddressBytes.Length : Marshal.SizeOf(type);

    private static bool IsMark(string macro) =>
        macro.StartsWith("SP_EXEC_", StringComparison.Ordinal)
        || macro.StartsWith("SP_FORK_", StringComparison.Ordinal)
        || macro.StartsWith("SP_CREATED_", StringComparison.Ordinal);
}
