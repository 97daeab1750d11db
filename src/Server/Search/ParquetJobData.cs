using Sallyport.Server.Configuration;
using Sallyport.Server.Insights;
using Sallyport.Server.Recordings;
using Sallyport.Server.Retention;

namespace Sallyport.Server.Search;

/// <summary>The Parquet file of a job: here, and in the bucket where there is one. The search finds nothing of the job any more.</summary>
internal sealed class ParquetJobData(ServerSettings settings, EventFiles files, IRecordingStore recordings) : IJobData
{
    public async Task RemoveAsync(JobRow job, CancellationToken cancellation)
    {
        var name = EventFiles.NameOf(job);
        if (settings.Bucket is not null)
        {
            await recordings.RemoveAsync([name], cancellation);
        }

        files.Remove(name);
    }
}
