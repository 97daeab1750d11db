using Sallyport.Protocol.Recording;

namespace Sallyport.Server.Tests;

/// <summary>A frame of a recording, as an agent sends it.</summary>
internal sealed record TestSegment(long Number, byte[] Bytes, string Previous, string Seal);
