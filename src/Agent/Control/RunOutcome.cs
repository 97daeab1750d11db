using System.Collections.Immutable;
using Sallyport.Agent.Sinks;
using Sallyport.Agent.Upload;
using Sallyport.Policy.Compiling;
using Sallyport.Protocol.Report;

namespace Sallyport.Agent.Control;

/// <summary>What a run came to, before anything of it is written.</summary>
/// <param name="Report">Folded, and compared with an earlier one where that was asked.</param>
/// <param name="Launched">Whether the command started.</param>
/// <param name="Ended">How it ended.</param>
/// <param name="Left">What lives on.</param>
/// <param name="Failure">What made the draining thread fail, or null.</param>
/// <param name="Recording">After its end.</param>
/// <param name="Policy">In force.</param>
/// <param name="Upload">What sends the recording to a server, or null.</param>
internal sealed record RunOutcome(
    ReportDocument Report,
    LaunchResult Launched,
    WaitStatus Ended,
    ImmutableArray<LeftRunning> Left,
    Exception? Failure,
    RecordingSink Recording,
    CompiledPolicy Policy,
    UploadProcess? Upload);
