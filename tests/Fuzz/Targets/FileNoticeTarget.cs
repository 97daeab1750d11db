using Sallyport.Agent.Core.Decoding;

namespace Sallyport.Fuzz.Targets;

/// <summary>What fanotify gives: the kernel's bytes, with names of the job's choice in them.</summary>
internal sealed class FileNoticeTarget : IFuzzTarget
{
    public string Name => "files";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        // 24 bytes of metadata, a folder with a name (type 2), the file itself (type 1).
        [
            84, 0, 0, 0, 3, 0, 24, 0, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 42, 0, 0, 0,
            2, 0, 32, 0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 0, 0, 0, 1, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9, (byte)'a', 0, 0, 0,
            1, 0, 28, 0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 0, 0, 0, 1, 0, 0, 0, 7, 7, 7, 7, 7, 7, 7, 7,
        ],
    ];

    public IReadOnlyList<byte[]> Words { get; } = [[2, 0, 32, 0], [1, 0, 28, 0], [3, 0, 28, 0], [24, 0, 0, 0], [0xff, 0xff, 0xff, 0xff]];

    public void Read(ReadOnlySpan<byte> input)
    {
        while (FileNotice.TryTake(ref input, out var notice))
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(notice.FolderHandle.Length, 136);
        }
    }
}
