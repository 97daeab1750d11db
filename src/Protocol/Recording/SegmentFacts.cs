namespace Sallyport.Protocol.Recording;

/// <summary>What a segment says of itself, checked.</summary>
/// <param name="Seal">64 lower case hexadecimal digits.</param>
/// <param name="FirstSequence">Number of its first event.</param>
/// <param name="Events">In it, numbered without gaps.</param>
/// <param name="TextBytes">Unpacked, the line of the seal included.</param>
public sealed record SegmentFacts(string Seal, long FirstSequence, long Events, int TextBytes);
