using Sallyport.Server.Configuration;
using Sallyport.Server.Insights;
using Sallyport.Server.Recordings;

namespace Sallyport.Server.Search;

/// <summary>Writes the events of each job that has ended to a Parquet file, for <see cref="EventSearch"/> and for any other engine.</summary>
internal sealed class ParquetSink(ServerSettings settings, EventFiles files, IRecordingStore recordings) : IEventSink
{
    public IEventWriter Open(JobRow job) =>
        new ParquetEventWriter(job, files, settings.WorkFolder, settings.Bucket is null ? null : recordings);

    public async Task RemoveAsync(JobRow job, CancellationToken cancellation)
    {
        var name = EventFiles.NameOf(job);
        if (settings.Bucket is not null)
        {
            await recordings.RemoveAsync([name], cancellation);
        }

        files.Remove(name);
    }

    public async Task RemovePastAsync(JobRow job, CancellationToken cancellation)
    {
        if (settings.Bucket is not null)
        {
            var names = await recordings.ListAsync(EventFiles.PrefixOf(job), cancellation).Select(one => one.Name).ToListAsync(cancellation);
            await recordings.RemoveAsync([.. names.Where(IsPast)], cancellation);
        }

        foreach (var name in files.NamesOf(job).Where(IsPast))
        {
            files.Remove(name);
        }

        bool IsPast(string name) => name != EventFiles.NameOf(job) && EventFiles.JobOf(name) == job.Id && job.IsPast(name);
    }
}
