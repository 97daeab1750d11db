namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary><c>Finished process 18344 with exit code 0, and elapsed time 00:00:00.0447783.</c></summary>
/// <param name="Pid">In the worker's pid namespace.</param>
/// <param name="ExitCode">Of the process; 128 and the signal when a signal ended it.</param>
public sealed record ProcessFinishedEntry(int Pid, int ExitCode) : WorkerEntry;
