using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Core.Decoding;
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

    /// <summary>The tree's folder; null when it is gone.</summary>
    internal SafeFileHandle? RootOf(SourceTree tree)
    {
        if (!roots.TryGetValue(tree, out var root))
        {
            roots[tree] = root = SafeFile.TryOpenFolder(tree.Root);
        }

        return root;
    }

    /// <summary>Something was mounted: the folders may be others now.</summary>
    internal void Reopen()
    {
        foreach (var root in roots.Values)
        {
            root?.Dispose();
        }

        roots.Clear();
    }

    /// <summary>Whether what was mounted below a tree may be read as well: set when all of it is of this machine.</summary>
    internal bool Crosses { get; set; }

    /// <summary>The key of what stands at a path of the tree now, also through a mount where that may be read; none when there is nothing.</summary>
    internal FileKey KeyOf(SourceTree tree, string path)
    {
        using var found = RootOf(tree) is { } root ? SafeFile.TryFind(root, path.Length == 0 ? "." : path, Crosses) : null;
        return found is null ? default : FileHandles.KeyOf(found);
    }

    /// <summary>lstat(2) of a file; null when it is gone.</summary>
    internal FileStamp? StampOf(SourceFile file)
    {
        using var found = RootOf(file.Tree) is { } root ? SafeFile.TryFind(root, file.Path, Crosses) : null;
        return found is not null && TryStat(found, out var stamp, out _, out _) ? stamp : null;
    }

    public SourceSnapshot Look(SourceFile file)
    {
        using var found = RootOf(file.Tree) is { } root ? SafeFile.TryFind(root, file.Path, Crosses) : null;
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

    public void Dispose() => Reopen();

    /// <summary>The size is part of what is hashed: a file that grows meanwhile is hashed to where it ended.</summary>
    private SourceSnapshot Read(SourceFile file, SafeFileHandle opened, long size, FileStamp stamp)
    {
        size = Math.Min(size, MostHashed);
        var hasher = new BlobHasher(file.Tree.Hash, size);
        var content = size <= SourceSnapshot.MostContent ? new byte[size] : null;
        var pointed = content is null && TryReadBlob(file.Tree, file.Baseline) is { } blob && LfsPointer.Is(blob) ? new Sha256() : null;
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
