using System.Buffers.Binary;
using System.Text;

namespace Sallyport.Wire.Tests.Btf;

/// <summary>Finds a section of a 64-bit little-endian ELF file (System V ABI, chapter 4).</summary>
internal static class ElfSection
{
    private const int SectionTableOffset = 40;
    private const int SectionEntryBytes = 58;

    public static byte[] Read(string path, string name)
    {
        var file = File.ReadAllBytes(path);
        Assert.True(file.AsSpan().StartsWith("\u007fELF"u8), $"{path} is not an ELF file");
        var table = (int)U64(file, SectionTableOffset);
        var entry = U16(file, SectionEntryBytes);
        var count = U16(file, SectionEntryBytes + 2);
        var names = (int)U64(file, table + (U16(file, SectionEntryBytes + 4) * entry) + 24);
        for (var section = table; section < table + (count * entry); section += entry)
        {
            var nameBytes = file.AsSpan(names + (int)U32(file, section));
            if (Encoding.UTF8.GetString(nameBytes[..nameBytes.IndexOf((byte)0)]) == name)
            {
                return file.AsSpan((int)U64(file, section + 24), (int)U64(file, section + 32)).ToArray();
            }
        }

        Assert.Fail($"{path} has no section {name}");
        return [];
    }

    private static ushort U16(byte[] file, int at) => BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at));

    private static uint U32(byte[] file, int at) => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at));

    private static ulong U64(byte[] file, int at) => BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
}
