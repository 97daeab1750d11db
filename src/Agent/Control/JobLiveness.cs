using System.Globalization;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Host;
using Sallyport.Agent.Sinks;

namespace Sallyport.Agent.Control;

/// <summary>
/// Whether a job lives that the state folder does not tell about: an agent in another mount namespace has a state folder
/// of its own, and shares cgroups and perhaps the spool. When in doubt it lives.
/// </summary>
internal static class JobLiveness
{
    internal static bool IsLive(string id) => IsAgentThere(id) || IsRecording(Path.Combine(AgentFolders.Spool, id));

    /// <summary>The id ends with the number of the agent's process, whose name is this program's.</summary>
    internal static bool IsAgentThere(string id) =>
        int.TryParse(id.AsSpan(id.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
        && ProcText.TryRead(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat")) is { } stat
        && stat.Contains(" (sallyport) ", StringComparison.Ordinal) && !ProcessIdentity.HasEnded(stat);

    /// <summary>An agent holds its recording locked (flock(2)), which every namespace sees.</summary>
    internal static bool IsRecording(string spool)
    {
        var path = Path.Combine(spool, RecordingHandover.FileName);
        if (!File.Exists(path))
        {
            return false;
        }

        try
        {
            using var file = RootFile.Open(path, FileAccess.Read, FileShare.None);
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false; // no recording of ours
        }
        catch (IOException)
        {
            return true;
        }
    }
}
