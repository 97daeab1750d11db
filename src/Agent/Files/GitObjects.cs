using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Core.Git;
using Sallyport.Agent.Core.Sources;

namespace Sallyport.Agent.Files;

/// <summary>
/// Content of a blob out of a repository that the job can write to: loose, or in a pack, through its deltas. What is given has
/// the hash that was asked for, so nobody can make it say something else. Short ones alone.
/// </summary>
internal static class GitObjects
{
    private const int MostObject = 256 * 1024;
    private const int MostIndex = 64 << 20;
    private const int MostPacks = 64;
    private const int MostDeltas = 64;

    internal static byte[]? TryReadBlob(SourceTree tree, GitObjectId id)
    {
        if (id.IsNone)
        {
            return null;
        }

        var objects = Path.Combine(CommonFolder(tree.GitFolder), "objects");
        var content = TryLoose(objects, id) ?? TryPacked(objects, tree.Hash, id);
        return content is not null && BlobHasher.Of(tree.Hash, content) == id ? content : null;
    }

    /// <summary>A linked work tree names the repository that it is of (gitrepository-layout(5), <c>commondir</c>).</summary>
    internal static string CommonFolder(string gitFolder)
    {
        const int MostPath = 4096;
        var link = SafeFile.TryReadAll(Path.Combine(gitFolder, "commondir"), MostPath);
        return link is null
            ? gitFolder
            : Path.GetFullPath(System.Text.Encoding.UTF8.GetString(link).TrimEnd('\n', '\0').Replace("\0", "", StringComparison.Ordinal), gitFolder);
    }

    /// <summary>Inflated: <c>blob 12\0</c> and the content.</summary>
    private static byte[]? TryLoose(string objects, GitObjectId id)
    {
        const int Header = 32;
        var name = id.ToString();
        if (SafeFile.TryReadAll(Path.Combine(objects, name[..2], name[2..]), MostObject) is not { } packed)
        {
            return null;
        }

        var target = new byte[MostObject + Header];
        if (!Inflater.TryInflate(packed, target, out var length) || !target.AsSpan(0, length).StartsWith("blob "u8))
        {
            return null;
        }

        var end = target.AsSpan(0, length).IndexOf((byte)0);
        return end < 0 ? null : target[(end + 1)..length];
    }

    private static byte[]? TryPacked(string objects, GitHash hash, GitObjectId id)
    {
        var folder = Path.Combine(objects, "pack");
        try
        {
            foreach (var index in Directory.EnumerateFiles(folder, "*.idx").Take(MostPacks))
            {
                if (SafeFile.TryReadAll(index, MostIndex) is { } bytes && PackIndex.TryFind(bytes, hash, id, out var offset)
                    && SafeFile.TryOpenToRead(Path.ChangeExtension(index, ".pack")) is { } pack)
                {
                    using (pack)
                    {
                        return TryObject(pack, hash, offset, bytes);
                    }
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // no packs
        }

        return null;
    }

    /// <summary>From the outermost delta to the whole object, then back.</summary>
    private static byte[]? TryObject(SafeFileHandle pack, GitHash hash, long offset, byte[] index)
    {
        var deltas = new Stack<byte[]>();
        while (deltas.Count <= MostDeltas)
        {
            if (TryData(pack, hash, offset, out var header) is not { } data)
            {
                return null;
            }

            if (header.Type is not (PackObjectHeader.DeltaByOffset or PackObjectHeader.DeltaById))
            {
                return header.Type == PackObjectHeader.Blob ? Apply(data, deltas) : null;
            }

            deltas.Push(data);
            offset -= header.BaseOffset;
            if (offset < 0
                || (header.Type == PackObjectHeader.DeltaById && !PackIndex.TryFind(index, hash, header.Base, out offset)))
            {
                return null;
            }
        }

        return null;
    }

    private static byte[]? Apply(byte[]? data, Stack<byte[]> deltas)
    {
        while (data is not null && deltas.TryPop(out var delta))
        {
            data = PackDelta.TryApply(data, delta, MostObject);
        }

        return data;
    }

    private static byte[]? TryData(SafeFileHandle pack, GitHash hash, long offset, out PackObjectHeader header)
    {
        const int MostOverhead = 1024; // of deflate, for what cannot be made shorter
        Span<byte> start = stackalloc byte[PackObjectHeader.MostBytes];
        start = start[..SafeFile.TryRead(pack, offset, start)];
        if (!PackObjectHeader.TryRead(start, hash, out header) || header.Size > MostObject)
        {
            return null;
        }

        var packed = new byte[header.Size + header.Size / 64 + MostOverhead];
        var length = SafeFile.TryRead(pack, offset + header.Length, packed);
        var data = new byte[header.Size];
        return Inflater.TryInflate(packed.AsSpan(0, length), data, out var written) && written == data.Length ? data : null;
    }
}
