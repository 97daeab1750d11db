using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Core.Files;
using Sallyport.Agent.Core.GitHub.Commands;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Files;

/// <summary>
/// What steps set for those after them: the files behind GITHUB_ENV and GITHUB_PATH, looked at whenever one is written, and when the runner
/// has read it, so that what comes by a shared map or another name of the file is seen as well. Used by one thread alone. Bounded by
/// <see cref="MostFiles"/>, and <see cref="MostTold"/> settings, as many again of those that do harm.
/// </summary>
internal sealed class CommandFiles : IDisposable
{
    private const string FolderName = "_runner_file_commands";
    private const string Covered = "something is mounted over it";
    private const int MostBytes = 1 << 20;
    private const int MostFiles = 4096;

    /// <summary>Bytes that are read before something else has its turn, and at the job's end: a step may write more than anybody reads.</summary>
    private const int MostAtOnce = 1 << 20;
    private const int MostAtEnd = 64 << 20;
    private const int LeastBytes = 4096;
    private const int MostTold = 16_384;
    private const int MostName = 128;
    private const int MostFolder = 512;
    private const int Rounds = 2;

    /// <summary><c>%</c> ends the names of functions that bash exports.</summary>
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.%");

    private readonly FileGroup group;
    private readonly JobTasks tasks;
    private readonly Writers writers;
    private readonly Action<LaterSetting> tell;
    private readonly string? folder;
    private readonly string toolCache;
    private readonly byte[][] names;
    private readonly Dictionary<string, Watched> files = new(StringComparer.Ordinal);
    private readonly Dictionary<FileKey, string> objects = [];
    private readonly HashSet<string> changed = new(StringComparer.Ordinal);
    private readonly Queue<string> order = new(); // of what has changed: who writes on and on waits behind the others
    private readonly Queue<(LaterSetting Setting, uint Pid, long Round)> pending = new();
    private SafeFileHandle? opened;
    private FileKey key;
    private int told;
    private int toldHarm;
    private long lost;

    /// <param name="group">Is told of reads in the folder from here on.</param>
    /// <param name="kernel">Knows the job's processes.</param>
    /// <param name="writers">Know who had a pid.</param>
    /// <param name="work">Folder in which the runner works; null where there is no runner.</param>
    /// <param name="tell">Takes what was set.</param>
    internal CommandFiles(FileGroup group, KernelObject kernel, Writers writers, string? work, Action<LaterSetting> tell)
    {
        (this.group, tasks, this.writers, this.tell) = (group, new JobTasks(kernel), writers, tell);
        (folder, toolCache) = work is null ? (null, string.Empty) : ($"{work}/_temp/{FolderName}", $"{work}/_tool");
        names = folder is null ? [] : [.. folder.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Encoding.UTF8.GetBytes)];
        Open();
    }

    /// <summary>Files and settings that had no place, and a folder whose readers are not told.</summary>
    internal long Overflow => Interlocked.Read(ref lost);

    internal bool IsWaiting => pending.Count > 0 || order.Count > 0;

    internal void Take(in FileNotice notice)
    {
        if (folder is null)
        {
            return;
        }

        if (NoticeMask.Places(notice.Mask) && IsOnTheWay(notice.Name))
        {
            Open();
        }
        else if (NameOf(in notice) is { } name)
        {
            Change(name, notice.Mask, (uint)notice.Pid);
        }
    }

    /// <summary>Something was mounted: over the folder, or something in it, the runner reads what we do not.</summary>
    internal void TakeMounts(List<Mount> mounts, long nowNs)
    {
        if (folder is not null && mounts.Exists(
                mount => FolderPath.IsSameOrBelow(folder, mount.Path) || FolderPath.IsSameOrBelow(mount.Path, folder)))
        {
            pending.Enqueue((new LaterSetting(FolderName, null, null, LaterEffect.Hidden, Covered, 0, nowNs), 0, writers.Drains));
        }
    }

    internal void Tend(long nowNs, bool isOver)
    {
        for (var left = isOver ? MostAtEnd : MostAtOnce; left > 0 && order.TryDequeue(out var name);)
        {
            _ = changed.Remove(name);
            left -= Math.Max(Look(name, files[name], nowNs), LeastBytes);
        }

        if (isOver)
        {
            _ = Interlocked.Add(ref lost, order.Count);
            order.Clear();
            changed.Clear();
        }

        while (pending.TryPeek(out var next) && (isOver || writers.Drains >= next.Round + Rounds))
        {
            _ = pending.Dequeue();
            _ = writers.IsTrusted(next.Pid, 0, out var process);
            tell(next.Setting with { Process = process != 0 ? process : tasks.ProcessOf(next.Pid) });
        }
    }

    public void Dispose() => opened?.Dispose();

    /// <summary>The folder as the runner finds it now; the one that we knew, when there is none.</summary>
    private void Open()
    {
        if (folder is null || SafeFile.TryOpenFolder(folder) is not { } found)
        {
            return;
        }

        var foundKey = FileHandles.KeyOf(found);
        if (foundKey == key)
        {
            found.Dispose();
            return;
        }

        opened?.Dispose();
        (opened, key) = (found, foundKey);
        if (!group.TryMarkReading($"/proc/self/fd/{(int)found.DangerousGetHandle()}"))
        {
            _ = Interlocked.Increment(ref lost);
        }
    }

    private bool IsOnTheWay(ReadOnlySpan<byte> name)
    {
        foreach (var one in names)
        {
            if (name.SequenceEqual(one))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Of a file in the folder, also when it is written to by a name elsewhere.</summary>
    private string? NameOf(in FileNotice notice)
    {
        if (key.IsNone || notice.FolderKey != key)
        {
            return objects.Count > 0 && !notice.ObjectKey.IsNone ? objects.GetValueOrDefault(notice.ObjectKey) : null;
        }

        if (!notice.Name.StartsWith("set_env_"u8) && !notice.Name.StartsWith("add_path_"u8))
        {
            return null;
        }

        var name = Encoding.UTF8.GetString(notice.Name);
        if (!notice.ObjectKey.IsNone && objects.Count < MostFiles)
        {
            objects[notice.ObjectKey] = name;
        }

        return name;
    }

    private void Change(string name, ulong mask, uint pid)
    {
        if (!files.TryGetValue(name, out var file))
        {
            if (files.Count >= MostFiles)
            {
                _ = Interlocked.Increment(ref lost);
                return;
            }

            files[name] = file = new Watched();
        }

        if (NoticeMask.Writes(mask))
        {
            file.Writer = pid;
            _ = Enqueue(name);
        }
        else if ((mask & NoticeMask.ClosedAfterReading) != 0 && Enqueue(name) && file.Writer == pid)
        {
            file.Writer = 0; // the runner, which made it: whoever wrote meanwhile was not told of
        }
    }

    private bool Enqueue(string name)
    {
        if (!changed.Add(name))
        {
            return false;
        }

        order.Enqueue(name);
        return true;
    }

    /// <returns>Characters that were read.</returns>
    private int Look(string name, Watched file, long nowNs)
    {
        if (opened is null)
        {
            return 0;
        }

        using var found = SafeFile.TryFind(opened, name, crossing: false);
        if (found is null)
        {
            if (Marshal.GetLastPInvokeError() != Native.ENOENT)
            {
                file.Writer = 0; // who wrote to it has not mounted that, or is not known to have
                Tell(name, file, new LaterSetting(name, null, null, LaterEffect.Hidden, Covered, 0, nowNs));
            }

            return 0;
        }

        using var content = SafeFile.TryOpenFound(found);
        var text = content is null ? null : TryRead(content);
        if (text is null)
        {
            Tell(name, file, new LaterSetting(
                name, null, null, LaterEffect.Hidden, content is null ? "it is a link, or no file" : "it is longer than 1 MiB", 0, nowNs));
            return MostBytes;
        }

        if (name.StartsWith(CommandFile.OfFolders, StringComparison.Ordinal))
        {
            foreach (var path in CommandFile.Folders(text))
            {
                Tell(name, file, new LaterSetting(name, null, BoundedText.Of(path, MostFolder), LaterEffect.OfFolder(path), null, 0, nowNs));
            }

            return text.Length;
        }

        foreach (var (variable, value) in CommandFile.Variables(text))
        {
            Tell(name, file, new LaterSetting(
                name, IsName(variable) ? variable : "?", null, LaterEffect.OfVariable(variable, value, toolCache), null, 0, nowNs));
        }

        return text.Length;
    }

    private void Tell(string name, Watched file, LaterSetting setting)
    {
        var what = (setting.Variable ?? setting.Folder, setting.Effect);
        if (file.Told.Contains(what))
        {
            return;
        }

        // What is told in plenty is harmless, and leaves room for the rest.
        ref var count = ref setting.Effect is null ? ref told : ref toldHarm;
        if (count >= MostTold)
        {
            _ = Interlocked.Increment(ref lost);
            return;
        }

        count++;
        _ = file.Told.Add(what);
        pending.Enqueue((setting with { File = name }, file.Writer, writers.Drains));
    }

    private static string? TryRead(SafeFileHandle content)
    {
        var bytes = new byte[Math.Min(MostBytes, FileFacts.TryRead(content, out var facts) ? facts.Size : 0) + 1];
        var length = SafeFile.TryRead(content, 0, bytes);
        return length > MostBytes ? null : CommandFile.Decode(bytes.AsSpan(0, length));
    }

    /// <summary>What is no name of a variable may be a piece of a value that was written without an end.</summary>
    private static bool IsName(string name) =>
        name.Length <= MostName && name.AsSpan().IndexOfAnyExcept(NameCharacters) < 0;

    private sealed class Watched
    {
        /// <summary>Pid of who wrote last; 0 when nobody knows.</summary>
        internal uint Writer { get; set; }

        internal HashSet<(string? What, string? Effect)> Told { get; } = [];
    }
}
