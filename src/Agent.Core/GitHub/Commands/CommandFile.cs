using System.Text;

namespace Sallyport.Agent.Core.GitHub.Commands;

/// <summary>
/// The files by which a step sets variables (<c>GITHUB_ENV</c>) and folders of programs (<c>GITHUB_PATH</c>) for the steps after it, read
/// as the runner reads them (FileCommandManager of actions/runner): what stands before a line that it refuses holds. Never throws;
/// bounded by the content that is given.
/// </summary>
public static class CommandFile
{
    /// <summary>What the names of the runner's files begin with; a guid follows.</summary>
    public const string OfVariables = "set_env_";

    /// <inheritdoc cref="OfVariables"/>
    public const string OfFolders = "add_path_";

    private static readonly Encoding[] Encodings =
    [
        // In this order: the mark of UTF-32 begins as that of UTF-16 does.
        new UTF8Encoding(true), new UTF32Encoding(false, true), new UnicodeEncoding(false, true), new UnicodeEncoding(true, true),
        new UTF32Encoding(true, true),
    ];

    /// <summary>The text: UTF-8, unless the file begins with another byte order mark.</summary>
    public static string Decode(ReadOnlySpan<byte> content)
    {
        foreach (var encoding in Encodings)
        {
            if (content.StartsWith(encoding.Preamble))
            {
                return encoding.GetString(content[encoding.Preamble.Length..]);
            }
        }

        return Encoding.UTF8.GetString(content);
    }

    /// <summary>
    /// Variables: <c>NAME=value</c>, or <c>NAME&lt;&lt;END</c>, the lines of the value, and <c>END</c>. A value that has no end yet is none.
    /// </summary>
    public static IEnumerable<(string Name, string Value)> Variables(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        for (var at = 0; at < text.Length;)
        {
            var line = TakeLine(text, ref at);
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            var heredoc = line.IndexOf("<<", StringComparison.Ordinal);
            if (line.Length == 0 || equals == 0)
            {
                continue;
            }

            if (equals > 0 && (heredoc < 0 || equals < heredoc))
            {
                yield return (line[..equals], line[(equals + 1)..]);
            }
            else if (heredoc > 0 && TakeValue(text, ref at, line[(heredoc + 2)..]) is { } value)
            {
                yield return (line[..heredoc], value);
            }
            else
            {
                yield break;
            }
        }
    }

    /// <summary>Folders, one a line. What begins with nothing or is not absolute is told as it is.</summary>
    public static IEnumerable<string> Folders(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
    }

    private static string TakeLine(string text, ref int at)
    {
        var end = text.IndexOf('\n', at);
        var line = end < 0 ? text[at..] : text[at..end];
        at = end < 0 ? text.Length : end + 1;
        return line;
    }

    private static string? TakeValue(string text, ref int at, string delimiter)
    {
        var start = at;
        while (delimiter.Length > 0 && at < text.Length)
        {
            var end = at;
            if (TakeLine(text, ref at) == delimiter)
            {
                return text[start..end];
            }
        }

        return null;
    }
}
