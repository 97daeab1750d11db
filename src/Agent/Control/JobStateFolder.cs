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

    internal string PathOf(string id) => Path.Combine(folder, id + ".json");

    internal void Write(JobState state)
    {
        RootFolder.Ensure(Path.GetDirectoryName(folder)!);
        RootFolder.Ensure(folder);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using var stream = new FileStream(PathOf(state.Id), options);
        JsonSerializer.Serialize(stream, state, ControlJson.Default.JobState);
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
            if (file.LinkTarget is null && file.Length <= MaximumBytes && TryRead(file.FullName) is { } job
                && job.Id == Path.GetFileNameWithoutExtension(file.Name))
            {
                jobs.Add(job);
            }
            else
            {
                unreadable.Add(file.FullName);
            }
        }

        return [.. jobs.OrderBy(job => job.Started)];
    }

    internal static bool IsLive(JobState job) => new ProcessIdentity(job.AgentPid, job.AgentStartTicks).IsAlive;

    /// <summary>
    /// The agent was killed and the runner's worker goes on: the guardian holds the job's verdicts, and gives back at its end
    /// what the job took.
    /// </summary>
    internal static bool IsHeld(JobState job) => !IsLive(job) && job is { WorkerPid: { } pid, WorkerStartTicks: { } start }
        && new ProcessIdentity(pid, start).IsAlive;

    private static JobState? TryRead(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), ControlJson.Default.JobState);
        }
        catch (JsonException)
        {
            return null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
