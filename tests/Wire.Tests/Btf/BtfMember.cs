namespace Sallyport.Wire.Tests.Btf;

/// <summary>One field of a structure.</summary>
internal sealed record BtfMember(string Name, int Type, int OffsetBytes);
