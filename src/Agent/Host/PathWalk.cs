using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sallyport.Agent.Host;

/// <summary>
/// path_resolution(7) from another process's root: openat2's RESOLVE_IN_ROOT does not know a working folder, and takes
/// <c>/proc/self</c> for the one who asks. Bounded by <see cref="MostLinks"/> and <see cref="LongestPath"/>.
/// </summary>
internal sealed class PathWalk(SafeFileHandle root, SafeFileHandle folder, string proc) : IDisposable
{
    private const int MostLinks = 40; // as the kernel's own
    private const int LongestPath = 8192;
    private const byte Slash = (byte)'/';

    private SafeFileHandle current = folder;
    private SafeFileHandle? opened; // by the walk itself; root and folder are the caller's
    private byte[] rest = [];
    private int links;

    /// <summary>Nobody but root can change any folder that was passed, the last one included.</summary>
    internal bool OnlyRootWrites { get; private set; } = true;

    /// <summary>The walk ended because a name does not exist.</summary>
    internal bool IsMissing { get; private set; }

    /// <summary>Gives the file that the path leads to, or null.</summary>
    internal SafeFileHandle? TryGo(ReadOnlySpan<byte> path)
    {
        GoOn(path, []);
        while (TakeName() is { Length: > 0 } name)
        {
            if (!TryStep(name))
            {
                return null;
            }
        }

        var found = ReferenceEquals(current, opened) ? opened : null;
        opened = found is null ? opened : null;
        return found;
    }

    public void Dispose() => opened?.Dispose();

    private bool TryStep(byte[] name)
    {
        if (!FileStatus.TryRead(current, out var place))
        {
            return false;
        }

        OnlyRootWrites &= place.OnlyRootWrites;
        if (name is [(byte)'.'] || (name is [(byte)'.', (byte)'.'] && IsRoot(place)))
        {
            return true;
        }

        if (PathHandle.TryOpenAt(current, name, follow: false) is not { } next)
        {
            IsMissing = Marshal.GetLastPInvokeError() is Native.ENOENT or Native.ENOTDIR;
            return false;
        }

        if (FileStatus.TryRead(next, out var status) && !status.IsLink)
        {
            return Stand(next);
        }

        using (next)
        {
            return ++links <= MostLinks
                && (PathHandle.IsOfProc(next) ? Stand(OpenProcLink(name)) : TryFollow(PathHandle.TargetOf(next)));
        }
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
            current = root;
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

    private bool Stand(SafeFileHandle? next)
    {
        if (next is null)
        {
            return false;
        }

        opened?.Dispose();
        current = opened = next;
        return true;
    }

    private bool IsRoot(in FileStatus place) => FileStatus.TryRead(root, out var top) && top.IsSameFile(place);

    /// <summary>
    /// Links of /proc lead straight to a file (<c>root</c>, <c>cwd</c>, <c>fd/5</c>), but for <c>self</c>, which is who
    /// reads it.
    /// </summary>
    private SafeFileHandle? OpenProcLink(byte[] name) =>
        name.AsSpan().SequenceEqual("self"u8) ? PathHandle.TryOpen(proc)
        : name.AsSpan().SequenceEqual("thread-self"u8) ? PathHandle.TryOpen($"{proc}/task/{Path.GetFileName(proc)}")
        : PathHandle.TryOpenAt(current, name, follow: true);
}
