using System.Collections.Immutable;

namespace Sallyport.Wire.Tests.Btf;

/// <summary>One type: <c>Size</c> is in bytes where the kind has one, <c>Target</c> is the id it refers to.</summary>
internal sealed record BtfType(
    BtfKind Kind,
    string Name,
    int Size,
    int Target,
    int Elements,
    ImmutableArray<BtfMember> Members,
    ImmutableArray<KeyValuePair<string, long>> Values);
