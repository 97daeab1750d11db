namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary>
/// The head of a line: <c>[2026-11-23 06:57:13Z INFO StepsRunner] Evaluating: success()</c>. A line without one goes on
/// with the message before it.
/// </summary>
internal readonly ref struct LogHeader
{
    private const int StampLength = 20;
    private const int LongestSource = 64;

    private LogHeader(ReadOnlySpan<byte> source, ReadOnlySpan<byte> message)
    {
        Source = source;
        Message = message;
    }

    public ReadOnlySpan<byte> Source { get; }

    public ReadOnlySpan<byte> Message { get; }

    public static bool TryRead(ReadOnlySpan<byte> line, out LogHeader header)
    {
        header = default;

        // "[" stamp " " level(4) " " source "] "
        if (line.Length < StampLength + 9 || line[0] != '[' || !IsStamp(line.Slice(1, StampLength))
            || line[StampLength + 1] != ' ' || line[StampLength + 6] != ' ' || !IsLevel(line.Slice(StampLength + 2, 4)))
        {
            return false;
        }

        var rest = line[(StampLength + 7)..];
        var end = rest.IndexOf("]"u8);
        if (end is < 1 or > LongestSource || rest[..end].ContainsAnyExcept(SourceBytes.Values)
            || end + 1 >= rest.Length || rest[end + 1] != ' ')
        {
            return false;
        }

        header = new LogHeader(rest[..end], rest[(end + 2)..]);
        return true;
    }

    private static bool IsLevel(ReadOnlySpan<byte> level) =>
        level.SequenceEqual("INFO"u8) || level.SequenceEqual("WARN"u8) || level.SequenceEqual("ERR "u8)
        || level.SequenceEqual("VERB"u8) || level.SequenceEqual("CRIT"u8);

    private static bool IsStamp(ReadOnlySpan<byte> stamp)
    {
        var shape = "0000-00-00 00:00:00Z"u8;
        for (var i = 0; i < shape.Length; i++)
        {
            if (shape[i] == '0' ? !char.IsAsciiDigit((char)stamp[i]) : stamp[i] != shape[i])
            {
                return false;
            }
        }

        return true;
    }
}
