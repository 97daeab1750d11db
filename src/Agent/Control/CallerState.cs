using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Control;

/// <summary>
/// What the caller handed to this process and the command must find unchanged. Read first thing, because the
/// runtime and the agent open descriptors and change signals later.
/// </summary>
/// <param name="IgnoredSignals">Bit n-1 for signal n. Not SIGPIPE: the runtime ignores it before anything can look.</param>
/// <param name="BlockedSignals">Bit n-1 for signal n.</param>
/// <param name="Descriptors">Those from 3 up that were inherited, ascending.</param>
internal sealed record CallerState(ulong IgnoredSignals, ulong BlockedSignals, ImmutableArray<int> Descriptors)
{
    /// <summary>Bound on inherited descriptors that are passed on.</summary>
    private const int MaximumDescriptors = 1024;

    internal static CallerState Read()
    {
        var status = ProcessStatus.OfThisProcess();
        return new CallerState(
            status.IgnoredSignals & ~(1UL << (Native.SIGPIPE - 1)),
            status.BlockedSignals,
            [.. OpenDescriptors().Where(IsInherited).Order().Take(MaximumDescriptors)]);
    }

    /// <summary>Numbers of this process's descriptors from 3 up.</summary>
    internal static List<int> OpenDescriptors() =>
        [.. Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Select(path => int.Parse(Path.GetFileName(path.AsSpan()), CultureInfo.InvariantCulture))
            .Where(descriptor => descriptor > 2)];

    /// <summary>One word for an argument list: <c>ignored:blocked:3,7</c>, masks in hexadecimal.</summary>
    internal string Format() => string.Create(
        CultureInfo.InvariantCulture, $"{IgnoredSignals:x}:{BlockedSignals:x}:{string.Join(',', Descriptors)}");

    internal static bool TryParse(string text, out CallerState state)
    {
        state = new CallerState(0, 0, []);
        var parts = text.Split(':');
        if (parts.Length != 3
            || !ulong.TryParse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var ignored)
            || !ulong.TryParse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var blocked))
        {
            return false;
        }

        var descriptors = ImmutableArray.CreateBuilder<int>();
        foreach (var part in parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(part, CultureInfo.InvariantCulture, out var descriptor) || descriptor < 3)
            {
                return false;
            }

            descriptors.Add(descriptor);
        }

        state = new CallerState(ignored, blocked, descriptors.ToImmutable());
        return true;
    }

    // What survived the exec that started this process has no close-on-exec flag; what the runtime opened has.
    private static bool IsInherited(int descriptor) =>
        Interop.Libc.fcntl(descriptor, Native.F_GETFD, 0) is >= 0 and var flags && (flags & Native.FD_CLOEXEC) == 0;
}
