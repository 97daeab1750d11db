namespace Sallyport.Agent.Core.Correlation;

/// <summary>
/// Text of bytes that were seen lately, so that a repeat allocates nothing. Two generations as in
/// <see cref="BoundedCache{TKey,TValue}"/>; bounded by twice the capacity and by the length of one text.
/// </summary>
internal sealed class TextCache(int capacity, int longestBytes, Func<ReadOnlySpan<byte>, string> read)
{
    private Dictionary<byte[], string> young = new(BytesComparer.Instance);
    private Dictionary<byte[], string> old = new(BytesComparer.Instance);

    public string Text(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return "";
        }

        if (bytes.Length > longestBytes)
        {
            return read(bytes);
        }

        if (young.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(bytes, out var text))
        {
            return text;
        }

        if (young.Count >= capacity)
        {
            (young, old) = (old, young);
            young.Clear();
        }

        var key = bytes.ToArray();
        if (!old.TryGetValue(key, out text))
        {
            text = read(bytes);
        }

        young[key] = text;
        return text;
    }
}
