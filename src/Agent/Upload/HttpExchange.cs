using System.Collections.Immutable;

namespace Sallyport.Agent.Upload;

/// <summary>A request.</summary>
/// <param name="Method"><c>GET</c>, <c>POST</c> or <c>PUT</c>.</param>
/// <param name="Address">Absolute.</param>
/// <param name="Bearer">Credential.</param>
/// <param name="ContentType">Of the body.</param>
/// <param name="Body">As it is.</param>
/// <param name="Headers">Others; names and values hold no quotes and no line ends.</param>
internal sealed record HttpExchange(
    string Method, string Address, string Bearer, string ContentType, ReadOnlyMemory<byte> Body,
    ImmutableArray<KeyValuePair<string, string>> Headers);
