using Sallyport.Server.Work;

namespace Sallyport.Server.Retention;

/// <summary>Once a minute, on one replica: jobs that fell silent are lost, and what is past its retention is removed.</summary>
internal sealed class Sweep(SilentJobs silent, ExpiredJobs expired) : IWorkHandler
{
    public string Kind => WorkKind.Sweep;

    public TimeSpan? Every => TimeSpan.FromMinutes(1);

    public async Task DoAsync(WorkItem item, CancellationToken cancellation)
    {
        await silent.FindAsync(cancellation);
        await expired.RemoveAsync(cancellation);
    }
}
