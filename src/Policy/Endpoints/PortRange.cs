using System.Globalization;

namespace Sallyport.Policy.Endpoints;

/// <summary>Ports from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
/// <param name="First">0 only in <see cref="All"/>.</param>
/// <param name="Last">Not below <paramref name="First"/>.</param>
public readonly record struct PortRange(ushort First, ushort Last)
{
    /// <summary>Every port.</summary>
    public static PortRange All { get; } = new(0, ushort.MaxValue);

    /// <summary>Whether this is <c>*</c>.</summary>
    public bool IsAll => First == 0 && Last == ushort.MaxValue;

    /// <summary>Exactly one port.</summary>
    /// <param name="port">1 to 65535.</param>
    public static PortRange Of(ushort port) => new(port, port);

    /// <summary>Whether the port is one of these.</summary>
    /// <param name="port">0 to 65535.</param>
    public bool Contains(int port) => port >= First && port <= Last;

    /// <summary>Whether every port of the other is one of these.</summary>
    /// <param name="other">The narrower range.</param>
    public bool Contains(PortRange other) => other.First >= First && other.Last <= Last;

    /// <summary>As the grammar writes it: <c>443</c>, <c>8000-8010</c>, <c>*</c>.</summary>
    public override string ToString() => IsAll ? "*"
        : First == Last ? First.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");

    /// <summary>Reads <c>443</c>, <c>8000-8010</c> or <c>*</c>.</summary>
    /// <param name="text">Without the colon.</param>
    /// <param name="range">The range, when true is returned.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out PortRange range)
    {
        range = All;
        if (text is "*")
        {
            return true;
        }
        int dash = text.IndexOf('-');
        if (dash < 0)
        {
            bool single = TryParsePort(text, out ushort port);
            range = Of(port);
            return single;
        }
        if (!TryParsePort(text[..dash], out ushort first) || !TryParsePort(text[(dash + 1)..], out ushort last))
        {
            return false;
        }
        range = new PortRange(first, last);
        return first <= last;
    }

    private static bool TryParsePort(ReadOnlySpan<char> text, out ushort port)
    {
        port = 0;
        return text.Length is > 0 and <= 5
            && ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port)
            && port != 0;
    }
}
