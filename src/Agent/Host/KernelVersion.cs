using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sallyport.Agent.Host;

/// <summary>The first two numbers of a kernel's release.</summary>
internal sealed record KernelVersion(int Major, int Minor) : IComparable<KernelVersion>
{
    /// <summary>bpf_loop, without which the DNS programs do not verify, is in Linux since 5.17.</summary>
    internal static KernelVersion Oldest { get; } = new(5, 17);

    /// <summary>Of the running kernel; 0.0 when its release cannot be read.</summary>
    internal static KernelVersion OfThisMachine() =>
        TryParse(Machine.This().KernelRelease, out var version) ? version : new KernelVersion(0, 0);

    /// <summary>Reads <c>6.1.0-13-cloud-amd64</c> and the like.</summary>
    internal static bool TryParse(string release, [NotNullWhen(true)] out KernelVersion? version)
    {
        version = null;
        var parts = release.Split('.', '-', '+');
        if (parts.Length < 2
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minor))
        {
            return false;
        }

        version = new KernelVersion(major, minor);
        return true;
    }

    public int CompareTo(KernelVersion? other) =>
        other is null ? 1 : (Major, Minor).CompareTo((other.Major, other.Minor));

    public static bool operator <(KernelVersion left, KernelVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(KernelVersion left, KernelVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(KernelVersion left, KernelVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(KernelVersion left, KernelVersion right) => left.CompareTo(right) >= 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");
}
