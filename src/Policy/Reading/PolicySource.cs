using System.Collections.Immutable;

namespace Sallyport.Policy.Reading;

/// <summary>
/// Something that says what is allowed. Lists of all sources add up; of single values the later source wins, so sources
/// are given weakest first (policy file, Action inputs, command line).
/// </summary>
public sealed record PolicySource
{
    /// <summary>Bytes of a policy file.</summary>
    public const int MaxFileBytes = 256 * 1024;

    /// <summary>Characters of an <c>allowed-endpoints</c> text or of one <c>--allow</c> value.</summary>
    public const int MaxListLength = 64 * 1024;

    private PolicySource(string name)
    {
        Name = name;
    }

    /// <summary>As mistakes and origins name it.</summary>
    public string Name { get; }

    internal ReadOnlyMemory<byte>? FileBytes { get; private init; }

    internal ImmutableArray<string> Lists { get; private init; } = [];

    internal bool ImpliesRuntime { get; private init; }

    internal PolicyMode? Mode { get; private init; }

    /// <summary>A policy file.</summary>
    /// <param name="path">As the user named it.</param>
    /// <param name="bytes">Its content; longer than <see cref="MaxFileBytes"/> is a mistake.</param>
    public static PolicySource File(string path, ReadOnlyMemory<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new PolicySource(path) { FileBytes = bytes };
    }

    /// <summary>Values of <c>--allow</c>, each an endpoint, a group or a list of them.</summary>
    /// <param name="values">In the order of the command line.</param>
    public static PolicySource Allow(params IEnumerable<string> values) =>
        new("--allow") { Lists = [.. values] };

    /// <summary>
    /// The input <c>allowed-endpoints</c> with Harden-Runner's meaning: separated by white space, port 443 when left
    /// out, and the hosts of the Actions runtime are allowed without being listed.
    /// </summary>
    /// <param name="text">The whole input.</param>
    public static PolicySource AllowedEndpoints(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new PolicySource("allowed-endpoints")
        {
            Lists = [text],
            ImpliesRuntime = !string.IsNullOrWhiteSpace(text),
        };
    }

    /// <summary>A mode said outside a file.</summary>
    /// <param name="name"><c>--mode</c>, <c>egress-policy</c>.</param>
    /// <param name="mode">The mode.</param>
    public static PolicySource OfMode(string name, PolicyMode mode)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new PolicySource(name) { Mode = mode };
    }
}
