using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Sallyport.Agent.Core.Changes;

/// <summary>Values of the kernel's messages as facts.</summary>
internal static class ChangeText
{
    private const int LongestText = 256;

    /// <summary>Text up to its NUL; null when there is none.</summary>
    public static string? Of(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        var text = end < 0 ? bytes : bytes[..end];
        return text.IsEmpty ? null : Encoding.UTF8.GetString(text[..Math.Min(text.Length, LongestText)]);
    }

    /// <summary>A number in the machine's own order; null when it is not there.</summary>
    public static string? Number(ReadOnlySpan<byte> bytes) =>
        MemoryMarshal.TryRead<uint>(bytes, out var number) ? number.ToString(CultureInfo.InvariantCulture) : null;

    /// <summary>Address, or network when a length is given; null when the bytes are no address.</summary>
    public static string? Address(ReadOnlySpan<byte> bytes, int? length = null) =>
        bytes.Length is not (4 or 16) ? null
        : length is { } bits ? string.Create(CultureInfo.InvariantCulture, $"{new IPAddress(bytes)}/{bits}")
        : new IPAddress(bytes).ToString();

    /// <summary>Address of a family, in a field that holds either.</summary>
    public static string? AddressOf(ushort family, ReadOnlySpan<byte> field, int? length = null) =>
        Address(family == 2 ? field[..4] : field[..16], length);
}
