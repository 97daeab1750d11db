using Sallyport.Agent.Configuration;
using Sallyport.Agent.Control;
using Sallyport.Policy.Machine;

namespace Sallyport.Agent.Service;

/// <summary>Results of jobs that have ended, the oldest of which go when there are more than the machine's owner keeps.</summary>
internal static class Retention
{
    private const long Megabyte = 1_000_000;

    internal static void Apply(MachineSettings settings, IReadOnlyList<JobState> running)
    {
        if (!Directory.Exists(AgentFolders.Results))
        {
            return;
        }

        try
        {
            Remove(settings, running);
        }
        catch (IOException)
        {
            // Somebody else removes there too: the next look comes in a second.
        }
    }

    private static void Remove(MachineSettings settings, IReadOnlyList<JobState> running)
    {
        // Names begin with the time: newest first.
        var live = running.Select(state => state.Id).ToHashSet(StringComparer.Ordinal);
        var kept = 0;
        var bytes = 0L;
        foreach (var folder in new DirectoryInfo(AgentFolders.Results).GetDirectories()
            .OrderByDescending(folder => folder.Name, StringComparer.Ordinal))
        {
            bytes += folder.EnumerateFiles().Sum(file => file.Length);
            kept++;
            if (!live.Contains(folder.Name) && (kept > settings.KeepJobs || bytes > settings.KeepMegabytes * Megabyte))
            {
                _ = OwnPath.Remove(folder.FullName);
            }
        }
    }
}
