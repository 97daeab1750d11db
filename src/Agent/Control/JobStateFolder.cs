using System.Text.Json;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Control;

/// <summary>
/// The state folder: one root-owned file per job. Written under a name nobody can take before (O_CREAT, O_EXCL) and
/// only after the folder was found to be root's alone; read with a bound, and never through a link.
/// </summary>
internal sealed class JobStateFolder(string folder)
{
    /// <summary>Bound on one file, bytes.</summary>
    private const int MaximumBytes = 256 * 1024;

    private const int MostMarks = 30; // bpf/include/uplink.h

    /// <summary>Without its turn a job has no mark of its own.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Of the name that a file has before it takes the place of the one before; nobody reads it by that.</summary>
    internal const string NextSuffix = ".new";

    /// <summary>A file that tells the guardian of a job whose agent is gone to let go (<see cref="GuardOrder.Lift"/>).</summary>
    internal string PathOfLift(string id) => Path.Combine(folder, id + ".lift");

    internal string PathOf(string id) => Path.Combine(folder, id + ".json");

    /// <summary>Writes the file of a job that begins, with a mark that no other has. Gives what is written.</summary>
    internal JobState Begin(JobState state)
    {
        Ensure();
        using var alone = Alone();
        if (alone is not null)
        {
            var taken = Read([]).ConvertAll(job => job.Mark);
            state = state with { Mark = Enumerable.Range(1, MostMarks).FirstOrDefault(mark => !taken.Contains(mark)) };
        }

        using var stream = RootFile.Create(PathOf(state.Id));
        stream.Write(JsonSerializer.SerializeToUtf8Bytes(state, ControlJson.Default.JobState));
        return state;
    }

    /// <summary>Beside the folder, in which files are jobs.</summary>
    private FileStream? Alone()
    {
        FileStream? taken = null;
        _ = SpinWait.SpinUntil(() => (taken = LockFile.TryTake(folder + ".lock")) is not null, Patience);
        return taken;
    }

    /// <summary>Writes it anew. Whoever reads meanwhile finds the one or the other: a job without a file would be nobody's.</summary>
    internal void Replace(JobState state)
    {
        Ensure();
        var path = PathOf(state.Id);
        RootFile.Replace(path, path + NextSuffix, JsonSerializer.SerializeToUtf8Bytes(state, ControlJson.Default.JobState), isDurable: false);
    }

    private void Ensure()
    {
        RootFolder.Ensure(Path.GetDirectoryName(folder)!);
        RootFolder.Ensure(folder);
    }

    internal void Remove(string id) => OwnPath.Remove(PathOf(id));

    /// <summary>The jobs by start; a file that cannot be read as a job is listed in <paramref name="unreadable"/>.</summary>
    internal List<JobState> Read(List<string> unreadable)
    {
        var jobs = new List<JobState>();
        if (!RootFolder.IsSafe(folder))
        {
            return jobs;
        }

        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*.json"))
        {
            if (TryRead(file.FullName) is { } job && job.Id == Path.GetFileNameWithoutExtension(file.Name))
            {
                jobs.Add(job);
            }
            else if (file.LinkTarget is not null || File.Exists(file.FullName))
            {
                unreadable.Add(file.FullName); // not one that went meanwhile
            }
        }

        return [.. jobs.OrderBy(job => job.Started)];
    }

    internal static bool IsLive(JobState job) => new ProcessIdentity(job.AgentPid, job.AgentStartTicks).IsAlive;

    /// <summary>
    /// The agent was killed and the runner's worker goes on: the guardian holds the job's verdicts, and gives back at its end
    /// what the job took.
    /// </summary>
    internal static bool IsHeld(JobState job) => !IsLive(job) && job.Worker is { IsAlive: true };

    private static JobState? TryRead(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(RootFile.TryRead(path, MaximumBytes), ControlJson.Default.JobState);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
