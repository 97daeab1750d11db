using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Control;

/// <summary>The job is protected from now on, as <paramref name="InForce"/> says.</summary>
/// <param name="Job">Id of the job.</param>
/// <param name="Mode"><c>audit</c> or <c>block</c>.</param>
/// <param name="InForce"><c>observing</c>, <c>enforcing</c> or <c>degraded</c>.</param>
/// <param name="Degraded">What could not be observed or enforced, one sentence each.</param>
/// <param name="Policy">What the job is judged by.</param>
/// <param name="Agent">Who judges.</param>
/// <param name="Coverage">Since when.</param>
/// <param name="Notices">What the step shows besides.</param>
public sealed record JobStartedReply(
    string Job,
    string Mode,
    string InForce,
    ImmutableArray<string> Degraded,
    StartedPolicy Policy,
    StartedAgent Agent,
    StartedCoverage Coverage,
    ImmutableArray<ControlNotice> Notices) : ControlReply
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-1)]
    public override string Type => "started";

    internal override ControlReply WithAtMost(int entries) => this with
    {
        Degraded = BoundedList.Cut(Degraded, entries, More),
        Policy = Policy with { Implicit = BoundedList.Cut(Policy.Implicit, entries, More) },
        Coverage = Coverage with { StepsBefore = BoundedList.Cut(Coverage.StepsBefore, entries, More) },
        Notices = BoundedList.Cut(Notices, entries, ControlNotice.More),
    };

    private static string More(int count) => $"{count} more";
}
