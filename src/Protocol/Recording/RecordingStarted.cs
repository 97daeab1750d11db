using System.Collections.Immutable;

namespace Sallyport.Protocol.Recording;

/// <summary>First line of a recording: ties boot time to wall time and says what was asked and what is in force.</summary>
/// <param name="ToolVersion">Version of Sallyport.</param>
/// <param name="WallTime">Wall clock at boot time <c>t</c> of this line.</param>
/// <param name="Kernel"><c>uname -r</c>.</param>
/// <param name="Architecture"><c>uname -m</c>.</param>
/// <param name="ModeAsked"><c>audit</c> or <c>block</c>.</param>
/// <param name="ModeInForce"><c>observing</c>, <c>enforcing</c> or <c>degraded</c>.</param>
/// <param name="Degraded">What cannot be observed or enforced on this machine, one sentence each; empty when nothing.</param>
/// <param name="Command">argv of the job, masked.</param>
/// <param name="WorkingDirectory">Of the job.</param>
/// <param name="User">Name of the user that the job runs as.</param>
/// <param name="Rules">The numbered rules of the policy; verdicts refer to them by number.</param>
/// <param name="PolicySource">File or option that gave the policy, or null when none was given.</param>
/// <param name="Files">What is seen of changes of files: <c>all</c>, or <c>some</c> where places outside the folder of the job are not seen; null for nothing.</param>
public sealed record RecordingStarted(
    string ToolVersion,
    DateTimeOffset WallTime,
    string Kernel,
    string Architecture,
    string ModeAsked,
    string ModeInForce,
    ImmutableArray<string> Degraded,
    ImmutableArray<string> Command,
    string WorkingDirectory,
    string User,
    ImmutableArray<RecordedRule> Rules,
    string? PolicySource,
    string? Files = null) : RecordedEvent;
