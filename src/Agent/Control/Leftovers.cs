using System.Text.RegularExpressions;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Control;

/// <summary>Jobs that run on this machine, and paths that those which are gone left.</summary>
/// <param name="Live">By start.</param>
/// <param name="Stale">In the order in which they may be removed.</param>
/// <param name="Filters">Of dead jobs, in this network namespace; their jobs' state files are to be removed after them.</param>
internal sealed partial record Leftovers(IReadOnlyList<JobState> Live, IReadOnlyList<string> Stale, IReadOnlyList<TrafficFilter> Filters)
{
    /// <summary>Prefix of the name of a job's cgroup.</summary>
    internal const string CgroupPrefix = "sallyport-";

    /// <summary>Bound on folders of the cgroup tree that are looked at.</summary>
    private const int MaximumFolders = 65536;

    internal static Leftovers Find()
    {
        // The state folder last: a job that began meanwhile is in it.
        var cgroups = Cgroups();
        var spools = Below(AgentFolders.Spool);
        var sockets = Below(AgentFolders.Sockets);
        var pins = Array.FindAll(Below(AgentFolders.Pins), Directory.Exists); // the kernel's own files are there too
        var network = NetworkNamespace.Inode();
        var unreadable = new List<string>();
        var jobs = new JobStateFolder(AgentFolders.Jobs).Read(unreadable);
        var live = jobs.FindAll(job => JobStateFolder.IsLive(job) || JobStateFolder.IsHeld(job));
        var ids = live.Select(job => job.Id).ToHashSet(StringComparer.Ordinal);
        var dead = jobs.Except(live).ToList();
        var folder = new JobStateFolder(AgentFolders.Jobs);
        return new Leftovers(
            live,
            [
                .. dead.Select(job => job.Cgroup).OfType<string>().Concat(cgroups.Where(IsStale)).Where(Directory.Exists).Distinct(),
                .. pins.Where(IsStale),
                .. spools.Where(IsStale),
                .. sockets.Where(IsStale),
                .. dead.Where(job => job.Filters is not { IsEmpty: false } || IsHere(job)).Select(job => folder.PathOf(job.Id)),
                .. unreadable,
            ],
            [.. dead.Where(IsHere).SelectMany(job => job.Filters ?? [])]);

        // The filters of another network namespace are found when `cleanup` is called there.
        bool IsHere(JobState job) => job.Network == network;

        bool IsStale(string path)
        {
            var id = IdOf(path);
            return !ids.Contains(id) && !JobLiveness.IsLive(id);
        }
    }

    /// <summary>Spools of jobs that nothing in the state folder tells of, and that nobody writes to: those before a crash or a reboot.</summary>
    internal static List<string> SpoolsOfNobody()
    {
        var spools = Below(AgentFolders.Spool); // the state folder last, as above
        var known = new JobStateFolder(AgentFolders.Jobs).Read([]).Select(job => job.Id).ToHashSet(StringComparer.Ordinal);
        return [.. spools.Where(path => Directory.Exists(path) && !known.Contains(IdOf(path)) && !JobLiveness.IsLive(IdOf(path)))];
    }

    /// <summary>The job that a path is named after: its cgroup's name has a prefix, the others are the id itself.</summary>
    private static string IdOf(string path)
    {
        var name = Path.GetFileName(path);
        return IsOfJob(name) ? name[CgroupPrefix.Length..] : name;
    }

    private static string[] Below(string folder) =>
        RootFolder.IsSafe(folder) ? Directory.GetFileSystemEntries(folder) : [];

    private static List<string> Cgroups()
    {
        if (CgroupHierarchy.OfThisMachine() is not { } hierarchy)
        {
            return [];
        }

        // A folder that cannot be entered any more is a cgroup that went meanwhile.
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        return [.. Directory.EnumerateDirectories(hierarchy.MountPoint, CgroupPrefix + "*", options)
            .Take(MaximumFolders)
            .Where(path => IsOfJob(Path.GetFileName(path)))];
    }

    /// <summary>True for <c>sallyport-20261123T071209-4711</c>: somebody else's cgroup may begin with the same word.</summary>
    internal static bool IsOfJob(string name) => JobCgroupName().IsMatch(name);

    [GeneratedRegex(@"\Asallyport-[0-9]{8}T[0-9]{6}-[0-9]{1,10}\z", RegexOptions.CultureInvariant)]
    private static partial Regex JobCgroupName();
}
