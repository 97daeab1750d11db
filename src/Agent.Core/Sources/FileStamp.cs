namespace Sallyport.Agent.Core.Sources;

/// <summary>What lstat(2) says of a file: two equal stamps are one unchanged file, unless somebody set the clock of it.</summary>
/// <param name="ModifiedNs">Nanoseconds since 1970.</param>
/// <param name="ChangedNs">The same, of the inode; nobody but the kernel sets it.</param>
/// <param name="Inode">Low 32 bits, as git keeps it.</param>
/// <param name="Size">Low 32 bits.</param>
public readonly record struct FileStamp(long ModifiedNs, long ChangedNs, uint Inode, uint Size);
