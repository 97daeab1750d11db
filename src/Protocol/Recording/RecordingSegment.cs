namespace Sallyport.Protocol.Recording;

/// <summary>A frame of a recording, as it travels.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Packed">The frame.</param>
/// <param name="PreviousSeal">Of the segment before; 64 zeros for the first.</param>
/// <param name="Seal">Its own.</param>
public sealed record RecordingSegment(long Number, ReadOnlyMemory<byte> Packed, string PreviousSeal, string Seal);
