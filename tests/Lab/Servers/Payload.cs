using System.Formats.Tar;

namespace Sallyport.Lab.Servers;

/// <summary>What a dropper fetches: a script that does nothing, as <c>/payload</c>, and in an archive, as <c>/payload.tar</c>.</summary>
internal static class Payload
{
    private static readonly byte[] s_script = "exit 0\n"u8.ToArray();
    private static readonly byte[] s_archive = Archive();

    internal static ReadOnlyMemory<byte>? TryFind(string target) => target switch
    {
        "/payload" => s_script,
        "/payload.tar" => s_archive,
        _ => (ReadOnlyMemory<byte>?)null, // a null of bytes would be an empty answer
    };

    private static byte[] Archive()
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Ustar, leaveOpen: true))
        {
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "payload") { DataStream = new MemoryStream(s_script) });
        }

        return bytes.ToArray();
    }
}
