namespace Sallyport.Server.Insights;

/// <summary>
/// Reports that are in memory as documents, to be rendered or judged: so many of all readers together. Others wait, and are told when it takes
/// too long.
/// </summary>
internal sealed class ReportGate(int atOnce, TimeSpan patience) : IDisposable
{
    public const int MaximumAtOnce = 2;

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim gate = new(atOnce);

    /// <summary>Does what needs a report in memory.</summary>
    /// <exception cref="TimeoutException">Others were at it for too long; says so to who asked.</exception>
    public async Task<T> WithinAsync<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        if (!await gate.WaitAsync(patience, cancellation))
        {
            throw new TimeoutException("Other reports are being read: try again in a moment.");
        }

        try
        {
            return await work();
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();
}
