namespace Sallyport.Reporting;

/// <summary>A file that an attestation speaks of.</summary>
/// <param name="Name">For example <c>recording.ndjson.zst</c>.</param>
/// <param name="Sha256">Of its bytes, 64 lower case hexadecimal digits.</param>
public sealed record InTotoSubject(string Name, string Sha256);
