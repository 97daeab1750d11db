using System.Buffers;

namespace Sallyport.Agent.Core.DockerApi;

/// <summary>Small words of HTTP/1 (RFC 9110 section 5.6).</summary>
public static class HttpText
{
    internal static readonly SearchValues<byte> TokenBytes = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Bytes of a head with the empty line that ends it; -1 while that has not come.</summary>
    public static int HeadLength(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        return end < 0 ? -1 : end + 4;
    }

    /// <summary>Equal but for the case of letters.</summary>
    /// <param name="text">Any bytes.</param>
    /// <param name="word">In lower case.</param>
    internal static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word)
    {
        if (text.Length != word.Length)
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            var b = text[i];
            if ((b is >= (byte)'A' and <= (byte)'Z' ? b + 32 : b) != word[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a list with commas has the word.</summary>
    internal static bool Lists(ReadOnlySpan<byte> list, ReadOnlySpan<byte> word)
    {
        foreach (var part in list.Split((byte)','))
        {
            if (Is(list[part].Trim(" \t"u8), word))
            {
                return true;
            }
        }

        return false;
    }
}
