using Sallyport.Server.Insights;
using Sallyport.Server.Recordings;

namespace Sallyport.Server.Retention;

/// <summary>Recording, segments and report of a job: all that is kept below its name.</summary>
internal sealed class StoredJobData(IRecordingStore recordings) : IJobData
{
    private const int RemovedAtOnce = 1000;

    public async Task RemoveAsync(JobRow job, CancellationToken cancellation)
    {
        var names = new List<string>(RemovedAtOnce);
        await foreach (var one in recordings.ListAsync($"jobs/{job.Id}/", cancellation))
        {
            names.Add(one.Name);
            if (names.Count == RemovedAtOnce)
            {
                await recordings.RemoveAsync(names, cancellation);
                names.Clear();
            }
        }

        if (names.Count > 0)
        {
            await recordings.RemoveAsync(names, cancellation);
        }
    }
}
