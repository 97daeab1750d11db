namespace Sallyport.Protocol.Recording;

/// <summary>A process of the job ended.</summary>
/// <param name="Process">Id.</param>
/// <param name="ExitCode">Null when a signal ended it.</param>
/// <param name="Signal">Number of the signal, or null.</param>
public sealed record ProcessExited(
    string Process,
    int? ExitCode,
    int? Signal) : RecordedEvent;
