using System.Text;

namespace Sallyport.Lab.Servers;

/// <summary>
/// Reads the server name out of a ClientHello (RFC 8446 section 4.1.2, RFC 6066 section 3), however it is cut into
/// records. This is the server's own reading: it shares no code with what it is to check.
/// </summary>
internal static class ClientHello
{
    /// <summary>
    /// Null while the hello is not complete; otherwise the name, empty when there is none. False when the bytes are
    /// no hello.
    /// </summary>
    internal static bool TryRead(ReadOnlySpan<byte> stream, out string? name)
    {
        name = null;
        var handshake = new List<byte>();
        for (var at = 0; at < stream.Length;)
        {
            if (stream[at] != 0x16)
            {
                return false;
            }

            if (at + 5 > stream.Length)
            {
                break;
            }

            var length = (stream[at + 3] << 8) | stream[at + 4];
            handshake.AddRange(stream.Slice(at + 5, Math.Min(length, stream.Length - at - 5)));
            at += 5 + length;
        }

        var hello = handshake.ToArray().AsSpan();
        if (hello.Length > 0 && hello[0] != 1)
        {
            return false;
        }

        if (hello.Length >= 4 && hello.Length >= 4 + ((hello[1] << 16) | (hello[2] << 8) | hello[3]))
        {
            name = ReadName(hello);
        }

        return true;
    }

    private static string ReadName(ReadOnlySpan<byte> hello)
    {
        try
        {
            var at = 38;
            at += 1 + hello[at];
            at += 2 + Read16(hello, at);
            at += 1 + hello[at];
            var end = at + 2 + Read16(hello, at);
            for (at += 2; at + 4 <= end; at += 4 + Read16(hello, at + 2))
            {
                if (Read16(hello, at) == 0)
                {
                    return Encoding.Latin1.GetString(hello.Slice(at + 9, Read16(hello, at + 7)));
                }
            }
        }
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            return "(malformed)";
        }

        return "";
    }

    private static int Read16(ReadOnlySpan<byte> bytes, int at) => (bytes[at] << 8) | bytes[at + 1];
}
