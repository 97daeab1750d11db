using System.Text;

namespace Sallyport.Policy.Reading;

/// <summary>
/// Bytes to text, and what is refused before YAML is looked at: size, UTF-8, control characters, tabs that indent, and
/// values that begin with a character which YAML keeps for itself.
/// </summary>
internal sealed class YamlText(string source, MistakeList mistakes)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text to parse, or null when nothing can be read at all.</summary>
    public string? Prepare(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > PolicySource.MaxFileBytes)
        {
            Add(1, 1, "", $"the file has {bytes.Length} bytes", $"at most {PolicySource.MaxFileBytes} bytes");
            return null;
        }
        ReadOnlySpan<byte> span = bytes.Span;
        if (span.StartsWith("\uFEFF"u8))
        {
            span = span[3..];
        }
        if (!System.Text.Unicode.Utf8.IsValid(span))
        {
            ReportInvalid(span);
            return null;
        }
        string text = Strict.GetString(span);
        if (string.IsNullOrWhiteSpace(text))
        {
            Add(1, 1, "", "the file is empty", "at least: version: 1");
            return null;
        }
        return CheckLines(text);
    }

    private void ReportInvalid(ReadOnlySpan<byte> span)
    {
        int valid = 0;
        while (Rune.DecodeFromUtf8(span[valid..], out _, out int consumed) == System.Buffers.OperationStatus.Done)
        {
            valid += consumed;
        }
        ReadOnlySpan<byte> before = span[..valid];
        int line = before.Count((byte)'\n') + 1;
        int column = valid - before.LastIndexOf((byte)'\n');
        Add(line, column, "", $"byte 0x{span[valid]:X2} is not UTF-8", "UTF-8 text");
    }

    private string? CheckLines(string text)
    {
        var output = new StringBuilder(text.Length);
        bool readable = true;
        int number = 0;
        foreach (ReadOnlySpan<char> raw in text.AsSpan().EnumerateLines())
        {
            number++;
            ReadOnlySpan<char> indent = raw[..(raw.Length - raw.TrimStart(" \t").Length)];
            if (indent.Contains('\t') && indent.Length < raw.Length && raw[indent.Length] != '#')
            {
                Add(number, indent.IndexOf('\t') + 1, "\t", "a tab indents this line", "spaces");
                readable = false;
            }
            int control = IndexOfControl(raw);
            if (control >= 0)
            {
                Add(number, control + 1, raw[control].ToString(), "a control character", "text without control characters");
                readable = false;
            }
            _ = number > 1 ? output.Append('\n') : output;
            AppendQuoted(output, raw, number);
        }
        return readable ? output.ToString() : null;
    }

    /// <summary>
    /// <c>- *.example.com</c> is an alias and <c>- @npm</c> a reserved character in YAML. Both are reported, and quoted
    /// for the rest of the reading, so that the other mistakes of the file are found too.
    /// </summary>
    private void AppendQuoted(StringBuilder output, ReadOnlySpan<char> line, int number)
    {
        int at = line.Length - line.TrimStart(' ').Length;
        ReadOnlySpan<char> rest = line[at..];
        if (!rest.StartsWith("- *", StringComparison.Ordinal) && !rest.StartsWith("- @", StringComparison.Ordinal))
        {
            _ = output.Append(line);
            return;
        }
        int comment = rest.IndexOf(" #", StringComparison.Ordinal);
        ReadOnlySpan<char> value = (comment < 0 ? rest[2..] : rest[2..comment]).Trim();
        if (value.ContainsAny('"', '\\'))
        {
            _ = output.Append(line);
            return;
        }
        Add(number, at + 3, value.ToString(), "YAML keeps * and @ at the start of a value for itself",
            $"the value in quotes: \"{Escape.Text(value.ToString())}\"");
        _ = output.Append(line[..(at + 2)]).Append('"').Append(value).Append('"');
    }

    private static int IndexOfControl(ReadOnlySpan<char> line)
    {
        for (int i = 0; i < line.Length; i++)
        {
            if (char.IsControl(line[i]) && line[i] != '\t')
            {
                return i;
            }
        }
        return -1;
    }

    private void Add(int line, int column, string value, string what, string accepted) =>
        mistakes.Add(new PolicyMistake(source, line, column, value, what, accepted));
}
