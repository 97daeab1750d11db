using System.Text;
using Sallyport.Agent.Core.Git;
using Sallyport.Agent.Core.Sources;

namespace Sallyport.Fuzz.Targets;

/// <summary>A repository of the job's making: index, packs, objects, configuration; and two texts that are compared.</summary>
internal sealed class GitTarget : IFuzzTarget
{
    private const int MostEntries = 64;
    private readonly byte[] inflated = new byte[64 * 1024];

    public string Name => "git";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        // One entry "a" of version 2, then a tree extension.
        [.. "DIRC\0\0\0\x02\0\0\0\x01"u8, .. new byte[24], .. "\0\0\x81\xa4"u8, .. new byte[12], .. new byte[20], 0, 1, (byte)'a',
            .. new byte[9], .. "TREE\0\0\0\x04abcd"u8, .. new byte[20]],
        // The same of version 4.
        [.. "DIRC\0\0\0\x04\0\0\0\x02"u8, .. new byte[60], 0, 1, 0, (byte)'a', 0, .. new byte[60], 0, 2, 1, (byte)'b', (byte)'c', 0],
        // zlib: "a" by fixed codes; a stored block.
        [0x78, 0x9c, 0x4b, 0x04, 0x00, 0x00, 0x62, 0x00, 0x62],
        [0x78, 0x01, 0x01, 0x02, 0x00, 0xfd, 0xff, (byte)'a', (byte)'b'],
        // A delta: copies, inserts.
        [3, 6, 0x90, 3, 3, (byte)'x', (byte)'y', (byte)'z'],
        [.. "\xfftOc"u8, 0, 0, 0, 2, .. new byte[1024 + 64]],
        "[core]\n\tworktree = ../../x\n[extensions]\n\tobjectFormat = sha256\n"u8.ToArray(),
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        .. new[] { "DIRC", "link\0\0\0\0", "TREE", "\u00ff", "worktree=", "[core]", "\n", "\0" }.Select(Encoding.UTF8.GetBytes),
        [0x78, 0x9c], [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], [0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2],
    ];

    public void Read(ReadOnlySpan<byte> input)
    {
        foreach (var hash in (GitHash[])[GitHash.Sha1, GitHash.Sha256])
        {
            var entries = new List<GitIndexEntry>();
            _ = GitIndexReader.Read(input, hash, MostEntries, entries);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(entries.Count, MostEntries);
            _ = PackIndex.TryFind(input, hash, GitObjectId.Of(input[..Math.Min(input.Length, GitObjectId.BytesOf(hash))]), out _);
            _ = PackObjectHeader.TryRead(input, hash, out _);
        }

        _ = Inflater.TryInflate(input, inflated, out var written);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(written, inflated.Length);
        _ = PackDelta.TryApply("abc"u8, input, inflated.Length);
        if (GitConfig.Read(input).WorkTree?.Contains('\0') == true)
        {
            throw new InvalidOperationException("a path with a zero");
        }

        _ = ShortDifference.Of(input[..(input.Length / 2)], input[(input.Length / 2)..]);
    }
}
