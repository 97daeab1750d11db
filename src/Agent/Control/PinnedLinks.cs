using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Control;

/// <summary>
/// A job's links by name, in a BPF file system of the agent's own: the hold that no process has. Whoever kills agent and
/// guardian in one go ends none of the job's verdicts.
/// </summary>
internal sealed class PinnedLinks
{
    private const ulong FileSystem = 0xcafe_4a11; // BPF_FS_MAGIC, linux/magic.h
    private const ulong NoSuidDevExec = 0x2 | 0x4 | 0x8; // MS_NOSUID, MS_NODEV, MS_NOEXEC, mount(2)

    private readonly ConcurrentDictionary<int, string> names = new();
    private volatile bool isWhole = true;
    private int last;

    private PinnedLinks(string folder) => Folder = folder;

    internal string Folder { get; }

    /// <summary>False when a link could not be named: it ends with agent and guardian.</summary>
    internal bool IsWhole => isWhole;

    /// <summary>Once per machine, before there are jobs. Gives why it cannot, or null.</summary>
    internal static string? Mount()
    {
        try
        {
            RootFolder.Ensure(AgentFolders.Pins);
        }
        catch (IOException e)
        {
            return e.Message;
        }

        if (IsMounted())
        {
            return null;
        }

        var forRootAlone = Marshal.StringToCoTaskMemUTF8("mode=0700");
        try
        {
            return Interop.Libc.mount("bpf", AgentFolders.Pins, "bpf", NoSuidDevExec, forRootAlone) == 0
                ? null : $"no BPF file system at {AgentFolders.Pins}: {Errno.Failure("mount").Message}";
        }
        finally
        {
            Marshal.FreeCoTaskMem(forRootAlone);
        }
    }

    /// <summary>Null where there is no BPF file system.</summary>
    internal static PinnedLinks? TryMake(string id) =>
        IsMounted() ? new PinnedLinks(Directory.CreateDirectory(PathOf(id)).FullName) : null;

    internal static bool Exist(string id) => RootFolder.IsSafe(PathOf(id)) && Directory.EnumerateFileSystemEntries(PathOf(id)).Any();

    internal static void Remove(string id) => OwnPath.Remove(PathOf(id));

    /// <summary>Also called by the thread that follows the devices.</summary>
    internal bool TryAdd(int link)
    {
        var path = Path.Combine(Folder, Interlocked.Increment(ref last).ToString(CultureInfo.InvariantCulture));
        if (Libbpf.bpf_obj_pin(link, path) == 0)
        {
            names[link] = path;
            return true;
        }

        isWhole = false;
        return false;
    }

    /// <summary>Takes the name of a link, that was added by this descriptor and is open still.</summary>
    internal void Remove(int link)
    {
        if (names.TryRemove(link, out var path))
        {
            _ = OwnPath.Remove(path);
        }
    }

    internal static string PathOf(string id) => Path.Combine(AgentFolders.Pins, id);

    private static unsafe bool IsMounted()
    {
        using var folder = PathHandle.TryOpen(AgentFolders.Pins);
        var facts = stackalloc byte[256];
        return folder is not null && Interop.Libc.fstatfs(folder, facts) == 0 && *(ulong*)facts == FileSystem;
    }
}
