using System.Globalization;
using System.Text;

namespace Sallyport.Runner.Working;

/// <summary>
/// Processes that the job leaves behind: those that were not there when it began and carry its RUNNER_TRACKING_ID.
/// They are killed by their number, and no others.
/// </summary>
internal sealed class OrphanProcesses(JobContext job)
{
    private readonly HashSet<int> _before = [.. Running()];

    public int Count => _before.Count;

    /// <returns>Their pids and names.</returns>
    public IReadOnlyList<string> Kill(Action<string> say)
    {
        List<string> killed = [];
        job.Log.Write("JobExtension", $"Total accessible running process: {Running().Count()}.");
        foreach (int pid in Running().Where(pid => !_before.Contains(pid)))
        {
            string name = Read($"/proc/{pid}/comm").TrimEnd('\n');
            job.Log.Write("JobExtension", $"Inspecting process environment variables. PID: {pid} ({name})");
            job.Log.Write("LinuxProcessExtensions", $"Read env from /proc/{pid}/environ");
            if (!Read($"/proc/{pid}/environ").Split('\0').Contains($"RUNNER_TRACKING_ID={job.TrackingId}"))
            {
                continue;
            }

            say($"Terminate orphan process: pid ({pid}) ({name})");
            if (Libc.kill(pid, Libc.SIGKILL) == 0)
            {
                killed.Add($"{pid} {name}");
            }
        }

        return killed;
    }

    private static IEnumerable<int> Running() => Directory.EnumerateDirectories("/proc")
        .Select(Path.GetFileName)
        .Where(name => char.IsAsciiDigit(name![0]))
        .Select(name => int.Parse(name!, CultureInfo.InvariantCulture));

    /// <summary>Empty when it has ended, or is another user's.</summary>
    private static string Read(string path)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
