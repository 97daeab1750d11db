namespace Sallyport.Agent.Core.Git;

/// <summary>One file of an index. What git saw of the file is as lstat(2) said then; 0 when it did not look.</summary>
/// <param name="Path">From the root of the work tree, as the bytes of its name are in UTF-8.</param>
/// <param name="Mode">0100644, 0100755, 0120000 (symbolic link) or 0160000 (submodule).</param>
/// <param name="Id">Of the content.</param>
/// <param name="Size">Low 32 bits.</param>
/// <param name="ModifiedNs">Nanoseconds since 1970; the seconds are 32 bits wide.</param>
/// <param name="ChangedNs">The same of the inode's change.</param>
/// <param name="Inode">Low 32 bits.</param>
public readonly record struct GitIndexEntry(
    string Path, uint Mode, GitObjectId Id, uint Size, long ModifiedNs, long ChangedNs, uint Inode)
{
    /// <summary>A file with content.</summary>
    public bool IsFile => (Mode & 0xf000) == 0x8000;

    /// <summary>A symbolic link: its content is where it leads.</summary>
    public bool IsLink => (Mode & 0xf000) == 0xa000;

    /// <summary>A work tree of its own.</summary>
    public bool IsSubmodule => (Mode & 0xf000) == 0xe000;
}
