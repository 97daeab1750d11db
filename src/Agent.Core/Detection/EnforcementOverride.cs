using System.Collections.Immutable;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary><c>enforcement-overridden</c>: who owns the machine has broken the glass.</summary>
public static class EnforcementOverride
{
    /// <summary>The finding about it.</summary>
    /// <param name="reason">As it was given.</param>
    /// <param name="before">Mode until then, <c>audit</c> or <c>block</c>.</param>
    /// <param name="bootTimeNs">CLOCK_BOOTTIME, nanoseconds.</param>
    public static FindingRaised Finding(string reason, string before, long bootTimeNs) => new(
        FindingCatalogue.EnforcementOverridden.Id,
        FindingCatalogue.EnforcementOverridden.Title,
        FindingCatalogue.EnforcementOverridden.Severity,
        "reported",
        ImmutableDictionary<string, string>.Empty.Add("reason", reason).Add("before", before),
        null,
        null)
    {
        BootTimeNs = bootTimeNs,
    };
}
