using System.Text.Json;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Control;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Runner.Privileges;

/// <summary>
/// What was changed on the machine for one job, on disk before it is done: whoever comes after (this process, the guardian,
/// `sallyport cleanup`, the service when it starts, also after a reboot) can undo it. Undoing twice does nothing. Of several jobs
/// at once each has a note of its own, also of a file that another has closed already: the last one gives it back.
/// </summary>
internal sealed class MachineChanges(string jobId)
{
    private const int MaximumBytes = 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly List<MachineChange> changes = [];

    private static string PathOf(string id) => Path.Combine(AgentFolders.Undo, id + ".json");

    /// <summary>Ids of jobs that are gone, changed something and have not undone it.</summary>
    internal static List<string> OfGoneJobs()
    {
        if (!RootFolder.IsSafe(AgentFolders.Undo))
        {
            return [];
        }

        var held = new JobStateFolder(AgentFolders.Jobs).Read([]).FindAll(JobStateFolder.IsHeld).ConvertAll(job => job.Id);
        return
        [
            .. Directory.EnumerateFiles(AgentFolders.Undo, "*.json").Select(file => Path.GetFileNameWithoutExtension(file))
                .Where(id => !JobLiveness.IsLive(id) && !held.Contains(id)),
        ];
    }

    /// <summary>
    /// To be held by whoever changes something: what another job has changed is noted by then, or is not changed. <see cref="Undo(string)"/>
    /// takes it by itself.
    /// </summary>
    /// <exception cref="IOException">Another process has held it for 15 s.</exception>
    internal static FileStream Alone()
    {
        RootFolder.Ensure(Path.GetDirectoryName(AgentFolders.Undo)!);
        RootFolder.Ensure(AgentFolders.Undo);
        var since = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(since) < Patience)
        {
            if (LockFile.TryTake(Path.Combine(AgentFolders.Undo, "lock")) is { } taken)
            {
                return taken;
            }

            _ = SpinWait.SpinUntil(static () => false, Look);
        }

        throw new IOException($"another process changes this machine for its job, for longer than {Patience.TotalSeconds} s");
    }

    /// <summary>Files that other jobs have made, by how their paths begin.</summary>
    internal IEnumerable<string> MadeByOthers(string prefix) => OfOthers(jobId)
        .Where(change => change.Kind == MachineChange.Created && change.Path.StartsWith(prefix, StringComparison.Ordinal))
        .Select(change => change.Path);

    /// <summary>Owner and mode of a file as they are without any job's change; null when there is no such file.</summary>
    internal FileOwner? BeforeAnyChange(string path) => ClosedByOthers(path, jobId) is { } closed
        ? new FileOwner(closed.User, closed.Group, (UnixFileMode)closed.Mode) : FileOwner.TryOf(path);

    /// <summary>Makes a file of root's that was not there before.</summary>
    internal void Create(string path, string content, UnixFileMode mode) =>
        Create(path, System.Text.Encoding.UTF8.GetBytes(content), mode);

    /// <inheritdoc cref="Create(string, string, UnixFileMode)"/>
    internal void Create(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        Note(new MachineChange(MachineChange.Created, path, 0, 0, 0, 0));
        using (var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = mode,
        }))
        {
            stream.Write(content);
        }

        File.SetUnixFileMode(path, mode);
    }

    /// <summary>Leaves a file to root alone. Who has it open already keeps it open.</summary>
    internal void CloseToOthers(string path)
    {
        if (BeforeAnyChange(path) is not { } before)
        {
            return;
        }

        Note(new MachineChange(
            MachineChange.ModeChanged, path, FileIdentity.Inode(path), (int)before.Mode, before.User, before.Group));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (Interop.Libc.chown(path, 0, 0) != 0)
        {
            throw Errno.Failure("chown");
        }
    }

    /// <summary>False when something could not be undone; it stays noted.</summary>
    internal static bool Undo(string jobId)
    {
        var file = PathOf(jobId);
        if (!File.Exists(file))
        {
            return true;
        }

        try
        {
            using var alone = Alone();
            if (File.Exists(file)) // nobody else has done it meanwhile
            {
                foreach (var change in Read(file).Reverse())
                {
                    Undo(change, jobId);
                }

                File.Delete(file);
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return false;
        }
    }

    private static void Undo(MachineChange change, string jobId)
    {
        if (change.Kind == MachineChange.Created)
        {
            File.Delete(change.Path);
        }
        else if (change.Kind == MachineChange.ModeChanged && FileIdentity.Inode(change.Path) == change.Inode
            && ClosedByOthers(change.Path, jobId) is null)
        {
            _ = Interop.Libc.chown(change.Path, change.User, change.Group);
            File.SetUnixFileMode(change.Path, (UnixFileMode)change.Mode);
        }
    }

    private static MachineChange[] Read(string file) =>
        JsonSerializer.Deserialize(RootFile.TryRead(file, MaximumBytes), ControlJson.Default.MachineChangeArray) ?? [];

    /// <summary>Notes of all jobs but one.</summary>
    private static IEnumerable<MachineChange> OfOthers(string jobId) => Directory.EnumerateFiles(AgentFolders.Undo, "*.json")
        .Where(file => file != PathOf(jobId)).SelectMany(Read);

    private static MachineChange? ClosedByOthers(string path, string jobId) => OfOthers(jobId).FirstOrDefault(change =>
        change.Kind == MachineChange.ModeChanged && change.Path == path && change.Inode == FileIdentity.Inode(path));

    private void Note(MachineChange change)
    {
        changes.Add(change);
        RootFile.Replace(
            PathOf(jobId), PathOf(jobId) + ".new", JsonSerializer.SerializeToUtf8Bytes([.. changes], ControlJson.Default.MachineChangeArray),
            isDurable: true);
    }
}
