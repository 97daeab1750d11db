namespace Sallyport.Agent.Core.Correlation;

/// <summary>How a process ended, from the status that wait(2) gives.</summary>
/// <param name="ExitCode">Null when a signal ended it.</param>
/// <param name="Signal">Number of the signal, or null.</param>
internal readonly record struct WaitStatus(int? ExitCode, int? Signal)
{
    private const uint SignalBits = 0x7f;

    public static WaitStatus Read(uint status) => (status & SignalBits) == 0
        ? new WaitStatus((int)((status >> 8) & 0xff), null)
        : new WaitStatus(null, (int)(status & SignalBits));
}
