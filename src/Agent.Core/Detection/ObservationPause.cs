using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary><c>observation-lost</c>: the agent itself was stopped, frozen or starved, and has noticed when it went on; or it was killed.</summary>
public static class ObservationPause
{
    /// <summary>The finding about it; nobody can say which process did it.</summary>
    /// <param name="pause">How long nobody looked.</param>
    /// <param name="bootTimeNs">CLOCK_BOOTTIME at its end, nanoseconds.</param>
    public static FindingRaised Finding(TimeSpan pause, long bootTimeNs)
    {
        var seconds = pause.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        return new FindingRaised(
            FindingCatalogue.ObservationLost.Id,
            $"the agent did not run for {seconds} s: it was stopped, frozen or starved",
            FindingCatalogue.ObservationLost.Severity,
            "reported",
            ImmutableDictionary<string, string>.Empty.Add("seconds", seconds),
            null,
            null)
        { BootTimeNs = bootTimeNs };
    }

    /// <summary>The finding of whoever took over from an agent that was killed.</summary>
    /// <param name="report">Path of the report on what the first one saw.</param>
    /// <param name="bootTimeNs">CLOCK_BOOTTIME of the taking over, nanoseconds.</param>
    public static FindingRaised Killed(string report, long bootTimeNs) => new(
        FindingCatalogue.ObservationLost.Id,
        "the agent was killed, and another one took over: what the first saw is in a report of its own",
        FindingCatalogue.ObservationLost.Severity,
        "reported",
        ImmutableDictionary<string, string>.Empty.Add("report", report),
        null,
        null)
    {
        BootTimeNs = bootTimeNs,
    };
}
