using System.Text.Json;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Control;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Runner.Privileges;

/// <summary>
/// What was changed on the machine for one job, on disk before it is done: whoever comes after (this process, the guardian,
/// `sallyport cleanup`, the service when it starts, also after a reboot) can undo it. Undoing twice does nothing.
/// </summary>
internal sealed class MachineChanges(string jobId)
{
    private const int MaximumBytes = 1024 * 1024;

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
        if (FileOwner.TryOf(path) is not { } before)
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
            var noted = JsonSerializer.Deserialize(RootFile.TryRead(file, MaximumBytes), ControlJson.Default.MachineChangeArray) ?? [];
            foreach (var change in noted.Reverse())
            {
                Undo(change);
            }

            File.Delete(file);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return false;
        }
    }

    private static void Undo(MachineChange change)
    {
        if (change.Kind == MachineChange.Created)
        {
            File.Delete(change.Path);
        }
        else if (change.Kind == MachineChange.ModeChanged && FileIdentity.Inode(change.Path) == change.Inode)
        {
            _ = Interop.Libc.chown(change.Path, change.User, change.Group);
            File.SetUnixFileMode(change.Path, (UnixFileMode)change.Mode);
        }
    }

    private void Note(MachineChange change)
    {
        RootFolder.Ensure(Path.GetDirectoryName(AgentFolders.Undo)!);
        RootFolder.Ensure(AgentFolders.Undo);
        changes.Add(change);
        RootFile.Replace(
            PathOf(jobId), PathOf(jobId) + ".new", JsonSerializer.SerializeToUtf8Bytes([.. changes], ControlJson.Default.MachineChangeArray),
            isDurable: true);
    }
}
