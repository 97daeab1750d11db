namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary><c>Process started with process id 18344, waiting for process exit.</c></summary>
/// <param name="Pid">In the worker's pid namespace.</param>
/// <param name="FileName">Of the program that was named last; with steps side by side perhaps another one's.</param>
/// <param name="Arguments">Likewise, one line.</param>
public sealed record ProcessStartedEntry(int Pid, string? FileName, string? Arguments) : WorkerEntry;
