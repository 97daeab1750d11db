using System.Text;
using Sallyport.Agent.Core.Git;
using Sallyport.Agent.Core.Sources;

namespace Sallyport.Agent.Core.Tests.Sources;

/// <summary>Files of a work tree, and a repository, in memory.</summary>
internal sealed class MemoryFiles : ISourceReader
{
    private readonly Dictionary<string, (string Text, long Time)> files = [];
    private readonly Dictionary<GitObjectId, byte[]> objects = [];
    private long clock = 1;

    internal int Looks { get; private set; }

    internal GitIndexEntry Commit(string path, string text)
    {
        Write(path, text);
        var bytes = Encoding.UTF8.GetBytes(text);
        var id = BlobHasher.Of(GitHash.Sha1, bytes);
        objects[id] = bytes;
        var stamp = StampOf(path)!.Value;
        return new GitIndexEntry(path, 0x81a4, id, stamp.Size, stamp.ModifiedNs, stamp.ChangedNs, stamp.Inode);
    }

    internal void Write(string path, string text) => files[path] = (text, clock++);

    internal void Remove(string path) => files.Remove(path);

    internal FileStamp? StampOf(string path) => files.TryGetValue(path, out var file)
        ? new FileStamp(file.Time, file.Time, 1, (uint)file.Text.Length)
        : null;

    public SourceSnapshot Look(SourceFile file)
    {
        Looks++;
        if (StampOf(file.Path) is not { } stamp)
        {
            return SourceSnapshot.Missing;
        }

        var bytes = Encoding.UTF8.GetBytes(files[file.Path].Text);
        return new SourceSnapshot(true, BlobHasher.Of(GitHash.Sha1, bytes), stamp, bytes.Length, bytes);
    }

    public byte[]? TryReadBlob(SourceTree tree, GitObjectId id) => objects.GetValueOrDefault(id);
}
