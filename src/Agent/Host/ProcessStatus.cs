using System.Globalization;

namespace Sallyport.Agent.Host;

/// <summary>What /proc/PID/status says about signals and capabilities: bit n-1 stands for signal n.</summary>
/// <param name="IgnoredSignals">SigIgn.</param>
/// <param name="BlockedSignals">SigBlk, of the one thread.</param>
/// <param name="EffectiveCapabilities">CapEff.</param>
internal sealed record ProcessStatus(ulong IgnoredSignals, ulong BlockedSignals, ulong EffectiveCapabilities)
{
    internal static ProcessStatus OfThisProcess() => Parse(File.ReadAllText("/proc/self/status"));

    /// <summary>Of each thread of this process.</summary>
    internal static IEnumerable<ProcessStatus> OfThreads() =>
        Directory.EnumerateDirectories("/proc/self/task").Select(thread => Parse(File.ReadAllText(thread + "/status")));

    /// <summary>Reads the text; a line that is missing or malformed counts as zero.</summary>
    internal static ProcessStatus Parse(string text) =>
        new(Mask(text, "SigIgn:"), Mask(text, "SigBlk:"), Mask(text, "CapEff:"));

    private static ulong Mask(string text, string key)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(key, StringComparison.Ordinal)
                && ulong.TryParse(line[key.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var mask))
            {
                return mask;
            }
        }

        return 0;
    }
}
