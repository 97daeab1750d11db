using System.Collections.Immutable;
using System.Text;
using Sallyport.Agent.Commands;
using Sallyport.Agent.Control;

namespace Sallyport.Agent.Sinks;

/// <summary>What lives on after the command, for a person.</summary>
internal static class LeftRunningText
{
    private const int Shown = 10;

    internal static string Terminal(ImmutableArray<LeftRunning> left) => left.IsEmpty
        ? string.Empty
        : Lines(left, $"\n ! {left.Length} left running\n", one => $"   {one.Who}  {Printable.Line(one.What)}\n");

    /// <summary>What the job wrote stands in a code span that it cannot end.</summary>
    internal static string Markdown(ImmutableArray<LeftRunning> left) => left.IsEmpty
        ? string.Empty
        : Lines(left, $"\n**{left.Length} left running**\n\n", one =>
            $"- {one.Who} `{Printable.Line(one.What).Replace('`', '\'')}`\n");

    private static string Lines(ImmutableArray<LeftRunning> left, string heading, Func<LeftRunning, string> line)
    {
        var text = new StringBuilder(heading);
        foreach (var one in left.Take(Shown))
        {
            _ = text.Append(line(one));
        }

        return left.Length > Shown ? text.Append($"   … {left.Length - Shown} more\n").ToString() : text.ToString();
    }
}
