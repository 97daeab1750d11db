using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Core.Files;
using Sallyport.Agent.Core.Git;
using Sallyport.Agent.Core.Sources;
using Sallyport.Agent.Host;
using Sallyport.Protocol.Hashing;

namespace Sallyport.Agent.Files;

/// <summary>Looks at tracked files. Bounded: larger ones than <see cref="MostHashed"/> are known by their times and size alone.</summary>
internal sealed class WorkTreeReader : ISourceReader, IDisposable
{
    private const long MostHashed = 32 << 20;
    private const ushort TypeBits = 0xf000;
    private const ushort Link = 0xa000;

    private readonly Dictionary<SourceTree, SafeFileHandle?> roots = [];
    private readonly byte[] buffer = new byte[128 * 1024];
    private string[] foreign = [];
    private bool crosses;

    /// <summary>The tree's folder; null when it is gone.</summary>
    internal SafeFileHandle? RootOf(SourceTree tree)
    {
        if (!roots.TryGetValue(tree, out var root))
        {
            roots[tree] = root = SafeFile.TryOpenFolder(tree.Root);
        }

        return root;
    }

    /// <summary>Another folder stands where the tree's was looked at; one that is gone is none.</summary>
    internal bool IsReplaced(SourceTree tree)
    {
        if (!roots.TryGetValue(tree, out var known))
        {
            return false;
        }

        using var now = SafeFile.TryOpenFolder(tree.Root);
        return now is not null && (known is null || FileHandles.KeyOf(now) != FileHandles.KeyOf(known));
    }

    /// <summary>Nothing of a tree is there from here on, whatever stands in its place.</summary>
    internal void Forget(SourceTree tree)
    {
        if (roots.TryGetValue(tree, out var root))
        {
            root?.Dispose();
        }

        roots[tree] = null;
    }

    /// <summary>
    /// Something was mounted, or no longer is: the folders may be others now. What was mounted is read as well, but for what is not of this
    /// machine and what lies below that.
    /// </summary>
    /// <param name="mounts">That came since the job began.</param>
    internal void Reopen(IReadOnlyCollection<Mount> mounts)
    {
        Close();
        crosses = mounts.Count > 0;
        foreign = [.. mounts.Where(mount => !mount.IsOfMachine).Select(mount => mount.Path)];
    }

    /// <summary>Whether what was mounted at a path of a tree, or above it, is read.</summary>
    internal bool Enters(SourceTree tree, string path) =>
        crosses && !Array.Exists(foreign, place => place == "/" || FolderPath.IsSameOrBelow(PathOf(tree, path), place));

    /// <summary>The key of what stands at a path of the tree now, also through a mount where that may be read; none when there is nothing.</summary>
    internal FileKey KeyOf(SourceTree tree, string path)
    {
        using var found = RootOf(tree) is { } root ? SafeFile.TryFind(root, path.Length == 0 ? "." : path, Enters(tree, path)) : null;
        return found is null ? default : FileHandles.KeyOf(found);
    }

    /// <summary>lstat(2) of a file; null when it is gone.</summary>
    internal FileStamp? StampOf(SourceFile file)
    {
        using var found = RootOf(file.Tree) is { } root ? SafeFile.TryFind(root, file.Path, Enters(file.Tree, file.Path)) : null;
        return found is not null && TryStat(found, out var stamp, out _, out _) ? stamp : null;
    }

    public SourceSnapshot Look(SourceFile file)
    {
        using var found = RootOf(file.Tree) is { } root ? SafeFile.TryFind(root, file.Path, Enters(file.Tree, file.Path)) : null;
        if (found is null || !TryStat(found, out var stamp, out var mode, out var size))
        {
            return SourceSnapshot.Missing;
        }

        if ((mode & TypeBits) == Link)
        {
            var target = PathHandle.TargetOf(found);
            return new SourceSnapshot(true, BlobHasher.Of(file.Tree.Hash, target), stamp, target.Length, target);
        }

        using var opened = size <= MostHashed ? SafeFile.TryOpenFound(found) : null;
        return opened is null
            ? new SourceSnapshot(true, default, stamp, size, null)
            : Read(file, opened, RandomAccess.GetLength(opened), stamp);
    }

    public byte[]? TryReadBlob(SourceTree tree, GitObjectId id) => GitObjects.TryReadBlob(tree, id);

    public void Dispose() => Close();

    private static string PathOf(SourceTree tree, string path) => path.Length == 0 ? tree.Root : $"{tree.Root}/{path}";

    private void Close()
    {
        foreach (var root in roots.Values)
        {
            root?.Dispose();
        }

        roots.Clear();
    }

    /// <summary>Whether git has a pointer of LFS for it; asked of the object store once for each content that git puts there.</summary>
    private bool IsPointer(SourceFile file)
    {
        if (file.Lfs is not { } known || known.Blob != file.Baseline)
        {
            if (TryReadBlob(file.Tree, file.Baseline) is not { } blob)
            {
                return false;
            }

            file.Lfs = known = (file.Baseline, LfsPointer.Is(blob));
        }

        return known.IsPointer;
    }

    /// <summary>The size is part of what is hashed: a file that grows meanwhile is hashed to where it ended.</summary>
    private SourceSnapshot Read(SourceFile file, SafeFileHandle opened, long size, FileStamp stamp)
    {
        size = Math.Min(size, MostHashed);
        var hasher = new BlobHasher(file.Tree.Hash, size);
        var content = size <= SourceSnapshot.MostContent ? new byte[size] : null;
        var pointed = content is null && IsPointer(file) ? new Sha256() : null;
        for (long position = 0; position < size;)
        {
            var wanted = (int)Math.Min(buffer.Length, size - position);
            var read = SafeFile.TryRead(opened, position, buffer.AsSpan(0, wanted));
            if (read == 0)
            {
                // Cut while it was read: what was there is another content anyhow.
                return new SourceSnapshot(true, BlobHasher.Of(file.Tree.Hash, content.AsSpan(0, content is null ? 0 : (int)position)),
                    stamp, position, content?.AsMemory(0, (int)position));
            }

            hasher.Append(buffer.AsSpan(0, read));
            pointed?.Append(buffer.AsSpan(0, read));
            if (content is not null)
            {
                buffer.AsSpan(0, read).CopyTo(content.AsSpan((int)position));
            }

            position += read;
        }

        return new SourceSnapshot(true, hasher.Finish(), stamp, size, content) { Sha256 = pointed is null ? null : Finish(pointed) };
    }

    private static string Finish(Sha256 hash)
    {
        Span<byte> digest = stackalloc byte[Sha256.DigestBytes];
        hash.Finish(digest);
        return Convert.ToHexStringLower(digest);
    }

    private static bool TryStat(SafeFileHandle file, out FileStamp stamp, out ushort mode, out long size)
    {
        var isRead = FileFacts.TryRead(file, out var facts);
        (mode, size) = (facts.Mode, facts.Size);
        stamp = new FileStamp(
            TimeOf(facts.WrittenSeconds, facts.WrittenNs), TimeOf(facts.ChangedSeconds, facts.ChangedNs), (uint)facts.Inode, (uint)facts.Size);
        return isRead;
    }

    // 32 bits of seconds, as git keeps them.
    private static long TimeOf(long seconds, uint ns) => (uint)seconds * 1_000_000_000L + ns;
}
