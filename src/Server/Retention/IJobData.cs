using Sallyport.Server.Insights;

namespace Sallyport.Server.Retention;

/// <summary>Something that keeps data of jobs outside their rows, and lets go of it when the job is removed.</summary>
internal interface IJobData
{
    /// <summary>Removes what it keeps of the job; what is gone already is no mistake.</summary>
    Task RemoveAsync(JobRow job, CancellationToken cancellation);
}
