namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary>
/// Collects a JSON object that the worker wrote over several lines, up to the brace that ends it. Line breaks inside its
/// strings are written as <c>\n</c>, so none of its lines can begin like a line of the log. Bounded by
/// <see cref="MostBytes"/>.
/// </summary>
internal sealed class JsonMessage
{
    public const int MostBytes = 8 << 20;

    private byte[] bytes = [];
    private int length;
    private int depth;
    private bool inText;
    private bool escaped;

    public ReadOnlyMemory<byte> Json => bytes.AsMemory(0, length);

    /// <summary>True when it is longer than what is kept; nothing of it can be read then.</summary>
    public bool IsOverlong { get; private set; }

    /// <summary>Takes a line or the part of it that begins the object.</summary>
    /// <returns>True when the object has ended; what follows on the line is not looked at.</returns>
    public bool Add(ReadOnlySpan<byte> line)
    {
        for (var i = 0; i < line.Length; i++)
        {
            if (Ends(line[i]))
            {
                Keep(line[..(i + 1)]);
                return true;
            }
        }

        Keep(line);
        Keep("\n"u8);
        return false;
    }

    private bool Ends(byte value)
    {
        if (inText)
        {
            if (escaped)
            {
                escaped = false;
            }
            else
            {
                escaped = value == '\\';
                inText = value != '"';
            }

            return false;
        }

        switch (value)
        {
            case (byte)'"': inText = true; return false;
            case (byte)'{' or (byte)'[': depth++; return false;
            case (byte)'}' or (byte)']': depth--; return depth <= 0;
            default: return false;
        }
    }

    private void Keep(ReadOnlySpan<byte> more)
    {
        if (IsOverlong || more.Length > MostBytes - length)
        {
            IsOverlong = true;
            bytes = [];
            length = 0;
            return;
        }

        if (length + more.Length > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Min(MostBytes, Math.Max(Math.Max(4096, bytes.Length * 2), length + more.Length)));
        }

        more.CopyTo(bytes.AsSpan(length));
        length += more.Length;
    }
}
