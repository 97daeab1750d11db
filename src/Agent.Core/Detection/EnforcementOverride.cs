using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary><c>enforcement-overridden</c>: who owns the machine, or whom they trust with it, has broken the glass.</summary>
public static class EnforcementOverride
{
    /// <summary>The finding about it.</summary>
    /// <param name="reason">As it was given.</param>
    /// <param name="before">Mode until then, <c>audit</c> or <c>block</c>.</param>
    /// <param name="by">Who has signed it on a server; null: root on the machine.</param>
    /// <param name="until">When it ends; null: with the job.</param>
    /// <param name="bootTimeNs">CLOCK_BOOTTIME, nanoseconds.</param>
    public static FindingRaised Finding(string reason, string before, string? by, DateTimeOffset? until, long bootTimeNs)
    {
        var evidence = ImmutableDictionary<string, string>.Empty.Add("reason", reason).Add("before", before).Add("by", by ?? "root");
        return new FindingRaised(
            FindingCatalogue.EnforcementOverridden.Id,
            FindingCatalogue.EnforcementOverridden.Title,
            FindingCatalogue.EnforcementOverridden.Severity,
            "reported",
            until is { } end ? evidence.Add("until", end.ToString("u", CultureInfo.InvariantCulture)) : evidence,
            null,
            null)
        {
            BootTimeNs = bootTimeNs,
        };
    }
}
