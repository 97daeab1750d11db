using System.Collections.Immutable;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary><c>service-stopped</c>: who covers the machine's jobs has ended while this one ran, and did not come back.</summary>
public static class ServiceStop
{
    /// <summary>The finding about it; the process that did it has asked systemd, which does not say for whom.</summary>
    /// <param name="isMasked">Its unit is masked: it does not come back at the next boot either.</param>
    /// <param name="bootTimeNs">CLOCK_BOOTTIME when it was noticed, nanoseconds.</param>
    public static FindingRaised Finding(bool isMasked, long bootTimeNs) => new(
        FindingCatalogue.ServiceStopped.Id,
        $"the service that covers this machine's jobs was stopped{(isMasked ? " and masked" : "")}: this job was judged on, later ones are not",
        FindingCatalogue.ServiceStopped.Severity,
        "reported",
        ImmutableDictionary<string, string>.Empty.Add("masked", isMasked ? "true" : "false"),
        null,
        null)
    {
        BootTimeNs = bootTimeNs,
    };
}
