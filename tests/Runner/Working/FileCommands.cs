using System.Text;
using Sallyport.Runner.Messages;

namespace Sallyport.Runner.Working;

/// <summary>
/// The files of one execution, with one guid: made empty before the process starts, read once when it has ended.
/// </summary>
internal sealed class FileCommands
{
    private const int MaxSummaryBytes = 1 << 20;

    private static readonly (string Variable, string File)[] s_files =
    [
        ("GITHUB_PATH", "add_path"), ("GITHUB_ENV", "set_env"), ("GITHUB_STEP_SUMMARY", "step_summary"),
        ("GITHUB_STATE", "save_state"), ("GITHUB_OUTPUT", "set_output"), ("GITHUB_ARTIFACTS", "artifacts"),
        ("GITHUB_ARTIFACTS_LIST", "artifacts_list"),
    ];

    private readonly StepRun _step;
    private readonly string _id = Guid.NewGuid().ToString();

    public FileCommands(StepRun step)
    {
        _step = step;
        Directory.CreateDirectory(step.Job.Root.FileCommands);
        foreach ((string variable, _) in s_files)
        {
            File.WriteAllBytes(PathOf(variable), []);
        }
    }

    public IEnumerable<(string Name, string Path)> Variables => s_files
        .Select(file => (file.Variable, PathOf(file.Variable)));

    public void Process()
    {
        try
        {
            string[] paths = [.. File.ReadLines(PathOf("GITHUB_PATH")).Where(line => line.Length > 0).Reverse()];
            Change(() => _step.Job.Paths.InsertRange(0, paths));
            foreach ((string name, string value) in Pairs("GITHUB_ENV"))
            {
                if (name.Equals("NODE_OPTIONS", StringComparison.OrdinalIgnoreCase))
                {
                    const string Blocked = "Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.";
                    _step.Annotate(new Annotation("error", Blocked, null, null, null));
                    continue;
                }

                Change(() => _step.Job.Environment[name] = value);
            }

            foreach ((string name, string value) in Pairs("GITHUB_STATE"))
            {
                _step.State[name] = value;
            }

            foreach ((string name, string value) in Pairs("GITHUB_OUTPUT"))
            {
                _step.Outputs[name] = value;
            }
        }
        catch (FormatException e)
        {
            _step.Fail(e.Message);
        }

        Summarise();
    }

    private void Change(Action change)
    {
        if (_step.Deferred is { } later)
        {
            later.Add(change);
            return;
        }

        lock (_step.Job.Changing)
        {
            change();
        }
    }

    private void Summarise()
    {
        const string Source = "CreateStepSummaryCommand";
        string path = PathOf("GITHUB_STEP_SUMMARY");
        FileInfo file = new(path);
        if (!file.Exists || file.Length == 0)
        {
            _step.Job.Log.Write(Source, $"Step Summary file ({path}) is empty; skipping attachment upload");
        }
        else if (file.Length > MaxSummaryBytes)
        {
            _step.Annotate(new Annotation("error",
                "$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, "
                + $"got {file.Length / 1024}k.",
                null, null, null));
        }
        else
        {
            string masked = _step.Job.Masks.Apply(File.ReadAllText(path));
            File.WriteAllText($"{path}-scrubbed", masked);
            _step.Summaries.Add(masked);
            _step.Job.Log.Write(Source, $"Queueing file ({path}) for attachment upload ({_step.RecordId})");
        }
    }

    /// <summary><c>name=value</c>, or <c>name&lt;&lt;END</c>, lines, <c>END</c>.</summary>
    private IEnumerable<(string Name, string Value)> Pairs(string variable)
    {
        Queue<string> lines = new(File.ReadLines(PathOf(variable), Encoding.UTF8));
        while (lines.TryDequeue(out string? line))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            int heredoc = line.IndexOf("<<", StringComparison.Ordinal);
            if (equals > 0 && (heredoc < 0 || equals < heredoc))
            {
                yield return (line[..equals], line[(equals + 1)..]);
            }
            else if (heredoc > 0)
            {
                string end = line[(heredoc + 2)..];
                List<string> value = [];
                while (true)
                {
                    string next = lines.TryDequeue(out string? text) ? text
                        : throw new FormatException($"Invalid value. Matching delimiter not found '{end}'");
                    if (next == end)
                    {
                        break;
                    }

                    value.Add(next);
                }

                yield return (line[..heredoc], string.Join('\n', value));
            }
            else if (line.Length > 0)
            {
                throw new FormatException($"Unable to process file command '{variable[7..].ToLowerInvariant()}' "
                    + $"successfully. Invalid format '{line}'");
            }
        }
    }

    private string PathOf(string variable) =>
        $"{_step.Job.Root.FileCommands}/{s_files.First(file => file.Variable == variable).File}_{_id}";
}
