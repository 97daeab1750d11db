namespace Sallyport.Server.Ui;

/// <summary>A stylesheet or script of the pages.</summary>
/// <param name="Type">Media type.</param>
/// <param name="Bytes">As they are.</param>
/// <param name="Packed">With gzip.</param>
/// <param name="Digest">Of the bytes: names the version in addresses, and is the entity tag.</param>
internal sealed record Asset(string Type, byte[] Bytes, byte[] Packed, string Digest);
