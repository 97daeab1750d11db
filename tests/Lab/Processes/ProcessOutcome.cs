namespace Sallyport.Lab.Processes;

/// <summary>How a process of the laboratory ended.</summary>
/// <param name="ExitCode">As a shell would see it: 128 + n when signal n ended it.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Errors">Standard error.</param>
/// <param name="Elapsed">From start to exit.</param>
public sealed record ProcessOutcome(int ExitCode, string Output, string Errors, TimeSpan Elapsed)
{
    public override string ToString() => $"exit {ExitCode} after {Elapsed.TotalMilliseconds:F0} ms\n{Output}{Errors}";
}
