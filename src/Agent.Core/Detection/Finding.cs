using System.Collections.Immutable;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>Makes the event of a finding from what a detector knows.</summary>
internal static class Finding
{
    /// <summary>A finding of one kind, at the time and in the execution of the event that it follows from.</summary>
    /// <param name="kind">Of the catalogue.</param>
    /// <param name="cause">Event that it follows from.</param>
    /// <param name="process">Who, or null when unknown.</param>
    /// <param name="step">Id of the step, when known.</param>
    /// <param name="isBlocked">It was prevented.</param>
    /// <param name="facts">By name; those without a value are left out.</param>
    public static FindingRaised Of(
        FindingKind kind,
        RecordedEvent cause,
        string? process,
        string? step,
        bool isBlocked,
        params ReadOnlySpan<(string Name, string? Value)> facts)
    {
        var evidence = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in facts)
        {
            if (!string.IsNullOrEmpty(value))
            {
                evidence[name] = value;
            }
        }

        return new FindingRaised(
            kind.Id, kind.Title, kind.Severity, isBlocked ? "blocked" : "reported", evidence.ToImmutable(), process, step)
        {
            BootTimeNs = cause.BootTimeNs,
            Execution = cause.Execution,
        };
    }
}
