using Sallyport.Server.Configuration;
using Sallyport.Server.Insights;
using Sallyport.Server.Recordings;
using Sallyport.Server.Retention;

namespace Sallyport.Server.Search;

/// <summary>The Parquet files of a job, that of a fold that was broken off too: here, and in the bucket where there is one. The search finds nothing of the job any more.</summary>
internal sealed class ParquetJobData(ServerSettings settings, EventFiles files, IRecordingStore recordings) : IJobData
{
    public async Task RemoveAsync(JobRow job, CancellationToken cancellation)
    {
        if (settings.Bucket is not null)
        {
            var names = await recordings.ListAsync(EventFiles.PrefixOf(job), cancellation).Select(one => one.Name).ToListAsync(cancellation);
            await recordings.RemoveAsync(names, cancellation);
        }

        foreach (var name in files.NamesOf(job))
        {
            files.Remove(name);
        }
    }
}
