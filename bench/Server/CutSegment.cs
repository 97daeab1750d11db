namespace Sallyport.Bench.Server;

/// <summary>A segment as an agent sends it.</summary>
internal sealed record CutSegment(long Number, byte[] Bytes, string Previous, int Events);
