namespace Sallyport.Agent.Upload;

/// <summary>How long is tried. What is waited for last is tried for once more when the time is up.</summary>
internal sealed class Patience(TimeSpan time, TimeProvider clock) : IDisposable
{
    private readonly ManualResetEventSlim never = new();
    private long began = clock.GetTimestamp();

    /// <summary>There is all the time again.</summary>
    internal void Renew() => began = clock.GetTimestamp();

    /// <summary>Waits, but not longer than there is time.</summary>
    /// <returns>False when the time was up before.</returns>
    internal bool Wait(TimeSpan asked)
    {
        var left = time - clock.GetElapsedTime(began);
        if (left <= TimeSpan.Zero)
        {
            return false;
        }

        _ = never.Wait(asked < left ? asked : left);
        return true;
    }

    public void Dispose() => never.Dispose();
}
