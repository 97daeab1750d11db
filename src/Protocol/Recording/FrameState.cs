namespace Sallyport.Protocol.Recording;

/// <summary>What <see cref="FrameSource.Next"/> found.</summary>
internal enum FrameState
{
    /// <summary>A frame, decompressed.</summary>
    Whole,

    /// <summary>The file ends, after a frame.</summary>
    End,

    /// <summary>The file ends in the middle of a frame; what could be decompressed is there.</summary>
    Cut,

    /// <summary>The frame, or all frames together, would be larger than the bound.</summary>
    TooLarge,

    /// <summary>Not zstd.</summary>
    Damaged,
}
