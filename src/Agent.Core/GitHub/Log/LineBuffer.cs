namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary>
/// Cuts bytes that come in any pieces into lines. One line is kept, bounded by <see cref="LongestLine"/>: of a longer
/// one only its beginning and its last byte.
/// </summary>
internal sealed class LineBuffer
{
    public const int LongestLine = 1 << 20;
    private const int Small = 4096;

    private byte[] bytes = new byte[Small];
    private int length;

    /// <summary>True when the line is longer than what is kept of it.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Last byte of the line, kept or not; 0 for an empty one.</summary>
    public byte Last { get; private set; }

    public bool IsEmpty => length == 0;

    /// <summary>The line so far, without its line feed.</summary>
    public ReadOnlySpan<byte> Line => bytes.AsSpan(0, length);

    /// <summary>Takes bytes up to the end of the line, which it does not take.</summary>
    public void Add(ReadOnlySpan<byte> more)
    {
        if (more.IsEmpty)
        {
            return;
        }

        Last = more[^1];
        var kept = Math.Min(more.Length, LongestLine - length);
        IsCut |= kept < more.Length;
        if (length + kept > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Min(LongestLine, Math.Max(bytes.Length * 2, length + kept)));
        }

        more[..kept].CopyTo(bytes.AsSpan(length));
        length += kept;
    }

    public void Clear()
    {
        if (bytes.Length > Small * 16)
        {
            bytes = new byte[Small];
        }

        (length, IsCut, Last) = (0, false, 0);
    }
}
