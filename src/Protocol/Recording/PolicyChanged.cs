using System.Collections.Immutable;

namespace Sallyport.Protocol.Recording;

/// <summary>
/// Another policy is in force from here on: the workflow brought one to a job that the service had covered already. Numbers of
/// rules keep their meaning; new ones are added.
/// </summary>
/// <param name="ModeAsked"><c>audit</c> or <c>block</c>.</param>
/// <param name="ModeInForce"><c>observing</c>, <c>enforcing</c> or <c>degraded</c>.</param>
/// <param name="Rules">All of them, by number.</param>
/// <param name="PolicySource">Where it comes from.</param>
public sealed record PolicyChanged(
    string ModeAsked,
    string ModeInForce,
    ImmutableArray<RecordedRule> Rules,
    string? PolicySource) : RecordedEvent;
