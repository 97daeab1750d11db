using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Server.Insights;

/// <summary>Takes the events of a job that has ended.</summary>
internal interface IEventSink
{
    /// <param name="job">With the fold that the events are written by.</param>
    IEventWriter Open(JobRow job);

    /// <summary>Removes what that fold of the job has written; what is gone already is no mistake.</summary>
    Task RemoveAsync(JobRow job, CancellationToken cancellation);

    /// <summary>Removes what other folds have written, as <see cref="JobRow.IsPast"/> has it.</summary>
    Task RemovePastAsync(JobRow job, CancellationToken cancellation);
}

/// <summary>Of one job; its work stands when <see cref="CompleteAsync"/> ends, and can be done again.</summary>
internal interface IEventWriter : IAsyncDisposable
{
    void Accept(RecordedEvent recorded);

    /// <summary>The events of one segment were accepted: what was gathered may leave memory.</summary>
    Task SegmentEndedAsync(CancellationToken cancellation);

    Task CompleteAsync(ReportDocument report, CancellationToken cancellation);
}
