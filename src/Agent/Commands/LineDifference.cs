namespace Sallyport.Agent.Commands;

/// <summary>Lines that one text has and another has not, where both begin and end alike: an edit in one place.</summary>
internal static class LineDifference
{
    /// <summary>Lines of context on either side.</summary>
    private const int Context = 2;

    /// <summary>As in a unified diff: a place, then lines that begin with a blank, - or +. Nothing for equal texts.</summary>
    internal static IEnumerable<string> Of(string before, string after)
    {
        var old = Lines(before);
        var now = Lines(after);
        var head = old.Zip(now).TakeWhile(pair => pair.First == pair.Second).Count();
        var tail = old.Skip(head).Reverse().Zip(now.Skip(head).Reverse()).TakeWhile(pair => pair.First == pair.Second).Count();
        if (head == old.Count && head == now.Count)
        {
            return [];
        }

        var from = Math.Max(0, head - Context);
        var after1 = Math.Min(Context, tail);
        return
        [
            FormattableString.Invariant($"@@ -{from + 1},{old.Count - tail + after1 - from} +{from + 1},{now.Count - tail + after1 - from} @@"),
            .. old.Skip(from).Take(head - from).Select(line => " " + line),
            .. old.Skip(head).Take(old.Count - tail - head).Select(line => "-" + line),
            .. now.Skip(head).Take(now.Count - tail - head).Select(line => "+" + line),
            .. now.Skip(now.Count - tail).Take(after1).Select(line => " " + line),
        ];
    }

    private static List<string> Lines(string text)
    {
        var lines = text.Split('\n').ToList();
        if (lines[^1].Length == 0)
        {
            lines.RemoveAt(lines.Count - 1);
        }

        return lines.ConvertAll(Printable.Line);
    }
}
