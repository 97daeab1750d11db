using System.Text.RegularExpressions;
using Sallyport.Runner.Messages;

namespace Sallyport.Runner.Working;

/// <summary>The lines that a step prints: <c>::name key=value::text</c> is a command, all else is log.</summary>
internal sealed partial class OutputCommands(StepRun step)
{
    private readonly Lock _lock = new();
    private string? _stopped;

    public void Line(string line)
    {
        // Two pipes are read at once.
        lock (_lock)
        {
            Match match = Command().Match(line);
            if (!match.Success)
            {
                step.Log.Write(line);
                return;
            }

            string name = match.Groups["name"].Value;
            if (_stopped is null)
            {
                Do(name, Properties(match.Groups["properties"].Value), Unescape(match.Groups["text"].Value), line);
            }
            else if (name == _stopped)
            {
                _stopped = null;
            }
            else
            {
                step.Log.Write(line);
            }
        }
    }

    private void Do(string name, Dictionary<string, string> properties, string text, string line)
    {
        switch (name)
        {
            case "warning" or "error" or "notice":
                step.Annotate(new Annotation(name, text, properties.GetValueOrDefault("file"),
                    properties.GetValueOrDefault("line"), properties.GetValueOrDefault("title")));
                break;
            case "group" or "endgroup":
                step.Log.Write($"##[{name}]{text}");
                break;
            case "add-mask":
                step.Job.Masks.Add(text);
                step.Job.Log.Write("AddMaskCommandExtension", $"Add new secret mask with length of {text.Length}");
                break;
            case "stop-commands":
                _stopped = text;
                break;
            case "debug" or "echo":
                break;
            case "save-state":
                step.State[properties.GetValueOrDefault("name", "")] = text;
                Deprecated(name);
                break;
            case "set-output":
                step.Outputs[properties.GetValueOrDefault("name", "")] = text;
                Deprecated(name);
                break;
            case "set-env" or "add-path":
                step.Fail($"Unable to process command '{line}' successfully. The `{name}` command is disabled. "
                    + "Please upgrade to using Environment Files.");
                break;
            default:
                step.Log.Write(line);
                break;
        }
    }

    private void Deprecated(string name) => step.Annotate(new Annotation("warning",
        $"The `{name}` command is deprecated and will be disabled soon. Please upgrade to using Environment Files.",
        null, null, null));

    private static Dictionary<string, string> Properties(string text) => text
        .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2)
        .DistinctBy(pair => pair[0])
        .ToDictionary(pair => pair[0], pair => Unescape(pair[1]
            .Replace("%3A", ":", StringComparison.Ordinal).Replace("%2C", ",", StringComparison.Ordinal)));

    private static string Unescape(string text) => text.Replace("%0D", "\r", StringComparison.Ordinal)
        .Replace("%0A", "\n", StringComparison.Ordinal).Replace("%25", "%", StringComparison.Ordinal);

    [GeneratedRegex(@"^\s*::(?<name>[^\s:]+)(?: (?<properties>.*?))?::(?<text>.*)$")]
    private static partial Regex Command();
}
