using Sallyport.Agent.Core.Decoding;

namespace Sallyport.Agent.Executables;

/// <summary>What an executable holds.</summary>
/// <param name="Key">Which one.</param>
/// <param name="Path">By which it was executed.</param>
/// <param name="Sha256">64 hexadecimal digits.</param>
internal sealed record ExecutableHash(ExecutableKey Key, string Path, string Sha256);
