using System.Collections.Immutable;
using System.Text;
using Sallyport.Agent.Commands;
using Sallyport.Agent.Control;

namespace Sallyport.Agent.Sinks;

/// <summary>Processes that live on after the command, for a person.</summary>
internal static class LeftRunningText
{
    private const int Shown = 10;

    internal static string Terminal(ImmutableArray<LeftRunning> left) => left.IsEmpty
        ? string.Empty
        : Lines(left, $" ! {left.Length} left running\n", process => $"   {process.Pid}  {Printable.Line(process.CommandLine)}\n");

    /// <summary>The command line stands in a code span that no text of the job can end.</summary>
    internal static string Markdown(ImmutableArray<LeftRunning> left) => left.IsEmpty
        ? string.Empty
        : Lines(left, $"\n**{left.Length} left running**\n\n", process =>
            $"- {process.Pid} `{Printable.Line(process.CommandLine).Replace('`', '\'')}`\n");

    private static string Lines(ImmutableArray<LeftRunning> left, string heading, Func<LeftRunning, string> line)
    {
        var text = new StringBuilder(heading);
        foreach (var process in left.Take(Shown))
        {
            _ = text.Append(line(process));
        }

        return left.Length > Shown ? text.Append($"   … {left.Length - Shown} more\n").ToString() : text.ToString();
    }
}
