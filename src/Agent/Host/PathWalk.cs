using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sallyport.Agent.Host;

/// <summary>
/// path_resolution(7) from another process's root: openat2's RESOLVE_IN_ROOT does not know a working folder, and takes
/// <c>/proc/self</c> for the one who asks. Bounded by <see cref="MostLinks"/> and <see cref="LongestPath"/>. It ends, with nothing found,
/// where a file system begins that answers when it likes (<see cref="MountKinds"/>): to look there is to wait, holding its locks.
/// </summary>
internal sealed class PathWalk(SafeFileHandle root, SafeFileHandle folder, string proc) : IDisposable
{
    private const int MostLinks = 40; // as the kernel's own
    private const int LongestPath = 8192;
    private const byte Slash = (byte)'/';

    private SafeFileHandle? current; // opened by the walk itself, never root or folder, which are the caller's
    private readonly MountKinds mounts = new(proc);
    private ulong mount;
    private byte[] rest = [];
    private int links;

    /// <summary>Nobody but root can change any folder that was passed, the last one included.</summary>
    internal bool OnlyRootWrites { get; private set; } = true;

    /// <summary>The walk ended because a name does not exist.</summary>
    internal bool IsMissing { get; private set; }

    /// <summary>Gives the file that the path leads to, or null.</summary>
    internal SafeFileHandle? TryGo(ReadOnlySpan<byte> path)
    {
        current = Again(folder);
        GoOn(path, []);
        while (TakeName() is { Length: > 0 } name)
        {
            if (current is null || !TryStep(current, name))
            {
                return null;
            }
        }

        if (current is null || !FileStatus.TryRead(current, out var status, asKnown: true) || !Answers(status))
        {
            return null;
        }

        var found = current;
        current = null;
        return found;
    }

    public void Dispose() => current?.Dispose();

    private bool TryStep(SafeFileHandle place, byte[] name)
    {
        if (!FileStatus.TryRead(place, out var status, asKnown: true) || !Answers(status))
        {
            return false;
        }

        OnlyRootWrites &= status.OnlyRootWrites;
        if (name is [(byte)'.'] || (name is [(byte)'.', (byte)'.'] && IsRoot(status)))
        {
            return true;
        }

        current = PathHandle.TryOpenAt(place, name, follow: false);
        if (current is null)
        {
            IsMissing = Marshal.GetLastPInvokeError() is Native.ENOENT or Native.ENOTDIR;
            place.Dispose();
            return false;
        }

        if (FileStatus.TryRead(current, out status, asKnown: true) && !status.IsLink)
        {
            place.Dispose();
            return true;
        }

        using var link = current;
        current = place;
        return ++links <= MostLinks
            && (PathHandle.IsOfProc(link) ? TryJump(place, name) : TryFollow(PathHandle.TargetOf(link)));
    }

    /// <summary>
    /// Links of /proc lead straight to a file (<c>root</c>, <c>cwd</c>, <c>fd/5</c>), but for <c>self</c>, which is who
    /// reads it.
    /// </summary>
    private bool TryJump(SafeFileHandle place, byte[] name)
    {
        current = name.AsSpan().SequenceEqual("self"u8) ? PathHandle.TryOpen(proc)
            : name.AsSpan().SequenceEqual("thread-self"u8) ? PathHandle.TryOpen($"{proc}/task/{Path.GetFileName(proc)}")
            : PathHandle.TryOpenAt(place, name, follow: true);
        place.Dispose();
        return current is not null;
    }

    private bool TryFollow(byte[] target)
    {
        if (target.Length == 0 || target.Length + rest.Length > LongestPath)
        {
            return false;
        }

        GoOn(target, rest);
        return true;
    }

    private void GoOn(ReadOnlySpan<byte> path, byte[] then)
    {
        if (!path.IsEmpty && path[0] == Slash)
        {
            current?.Dispose();
            current = Again(root);
        }

        rest = [.. path, .. then];
    }

    /// <summary>The next name, without slashes; empty at the end.</summary>
    private byte[] TakeName()
    {
        var path = rest.AsSpan().TrimStart(Slash);
        var end = path.IndexOf(Slash);
        var name = end < 0 ? path : path[..end];
        rest = [.. path[name.Length..]];
        return [.. name];
    }

    private bool Answers(in FileStatus place)
    {
        if (place.Mount != mount && !mounts.Answer(place.Mount))
        {
            return false;
        }

        mount = place.Mount;
        return true;
    }

    private bool IsRoot(in FileStatus place) => FileStatus.TryRead(root, out var top, asKnown: true) && top.IsSameFile(place);

    private static SafeFileHandle? Again(SafeFileHandle place) => PathHandle.TryOpenAt(place, "."u8, follow: false);
}
