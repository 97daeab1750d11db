using System.Text.RegularExpressions;

namespace Sallyport.Runner.Tests;

/// <summary>Takes away from a sample, and from what the stand-in did, what differs from run to run.</summary>
internal static partial class Normal
{
    public static string Form(string text, string? root = null)
    {
        string result = root is null ? text
            : text.Replace($"{root}/_work", "WORK", StringComparison.Ordinal).Replace(root, "ROOT",
                StringComparison.Ordinal);
        result = result.Replace("/home/runner/_work", "WORK", StringComparison.Ordinal)
            .Replace("/home/runner/actions-runner", "ROOT", StringComparison.Ordinal)
            // GITHUB_JOB was empty in the emulator's github context; on GitHub, and here, it is not.
            .Replace("After  expr", "After build expr", StringComparison.Ordinal);
        result = Guid().Replace(result, "GUID");
        result = LogPrefix().Replace(result, "[$1]");
        result = Pid().Replace(result, "$1 PID");
        result = OomTooLate().Replace(result, "Updated oom_score_adj to 500 for PID: PID.");
        result = Elapsed().Replace(result, "elapsed time T.");
        result = TelemetryTime().Replace(result, "$1: T");
        return Python().Replace(result, "File name: 'PYTHON'");
    }

    /// <summary>Six hex digits of a docker object's name, the ids of containers, and guids without dashes.</summary>
    public static string Docker(string text) => Hex().Replace(Form(text), match => $"HEX{match.Length}");

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Guid();

    [GeneratedRegex(@"^\[[0-9-]+ [0-9:]+Z (?:INFO|WARN) (\w+)\]")]
    private static partial Regex LogPrefix();

    [GeneratedRegex(@"(PID:|process id|Finished process) \d+")]
    private static partial Regex Pid();

    /// <summary>The process had ended before it was adjusted: as it happens to the runner.</summary>
    [GeneratedRegex("Failed to update oom_score_adj for PID: PID: .*")]
    private static partial Regex OomTooLate();

    [GeneratedRegex(@"elapsed time [0-9:.]+\.$")]
    private static partial Regex Elapsed();

    [GeneratedRegex("""("(?:executionTimeInSeconds|startTime|finishTime)"): [^,]+""")]
    private static partial Regex TelemetryTime();

    // The measured path was taken out of the sample.
    [GeneratedRegex("File name: '(?:[^' ]*/python)?'")]
    private static partial Regex Python();

    [GeneratedRegex(@"(?<![0-9a-zA-Z])(?:[0-9a-f]{64}|[0-9a-f]{32}|[0-9a-f]{6})(?![0-9a-zA-Z])|(?<=[0-9a-z]{2}_)[0-9a-f]{6}\b")]
    private static partial Regex Hex();
}
