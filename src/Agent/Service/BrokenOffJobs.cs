using System.Text.Json;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Control;
using Sallyport.Agent.Runner;
using Sallyport.Agent.Sinks;

namespace Sallyport.Agent.Service;

/// <summary>
/// Jobs that a crash or a reboot has broken off: nobody was left to hand their recordings over. What was recorded becomes what is kept
/// of a job, with a report that says it has no end, and counts as such (<see cref="Retention"/>): spools do not add up.
/// </summary>
internal static class BrokenOffJobs
{
    private const UnixFileMode ForAllWhoEnter =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Says what became of each.</summary>
    internal static void TakeIn(Action<string> say)
    {
        foreach (var spool in Leftovers.SpoolsOfNobody())
        {
            var id = Path.GetFileName(spool);
            try
            {
                say($"job {id} was broken off; {TakeIn(spool, Path.Combine(AgentFolders.Results, id))}");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or JsonException)
            {
                say($"job {id} was broken off; what it recorded stays in {spool} until the next start: {e.Message}");
            }
        }
    }

    private static string TakeIn(string spool, string results)
    {
        var recording = Path.Combine(spool, RecordingHandover.FileName);
        if (!File.Exists(recording))
        {
            return OwnPath.Remove(spool) ? "it had recorded nothing" : throw new IOException("it cannot be removed");
        }

        // The job's own folder is there, for its group to read; another is root's alone.
        _ = Directory.CreateDirectory(results, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var problems = SpoolReport.Write(spool, results);

        // A rename: a full disk does not keep it back. Nothing of a job ever held the file, and this folder too is root's.
        File.SetUnixFileMode(recording, ForAllWhoEnter);
        File.Move(recording, Path.Combine(results, RecordingHandover.FileName), overwrite: true);
        _ = OwnPath.Remove(spool);
        return $"its recording and its report are in {results}{string.Concat(problems.Select(problem => $"; not written: {problem}"))}";
    }
}
