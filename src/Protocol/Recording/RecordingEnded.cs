namespace Sallyport.Protocol.Recording;

/// <summary>Last event of a recording that was ended in order; without it the recording is truncated.</summary>
/// <param name="WallTime">Wall clock at boot time <c>t</c> of this line.</param>
/// <param name="ExitCode">Exit code of the command as the caller saw it; null when it was not started.</param>
/// <param name="Signal">Signal that ended the command, or null.</param>
public sealed record RecordingEnded(
    DateTimeOffset WallTime,
    int? ExitCode,
    int? Signal) : RecordedEvent;
