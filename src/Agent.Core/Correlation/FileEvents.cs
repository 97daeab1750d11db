using Sallyport.Agent.Core.Files;
using Sallyport.Agent.Core.Sources;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>What was done to files, and by whom.</summary>
internal sealed class FileEvents(JobTables tables)
{
    public void Changed(FileActivity activity, IEventSink<RecordedEvent> sink)
    {
        var entry = tables.Processes.Find(activity.Process);
        var execution = entry?.Execution ?? 0;
        sink.Accept(new FileChanged(
            activity.Path,
            activity.Change,
            Tracked: false,
            null,
            null,
            null,
            PutBack: false,
            activity.Count,
            tables.Processes.IdOf(activity.Process),
            tables.Steps.Find(execution),
            entry?.Container)
        {
            BootTimeNs = activity.BootTimeNs,
            Execution = execution,
        });
    }

    public void Changed(SourceChange change, IEventSink<RecordedEvent> sink)
    {
        var writing = change.Writing;
        var entry = tables.Processes.Find(writing.Process);
        var execution = entry?.Execution ?? 0;
        sink.Accept(new FileChanged(
            change.Path,
            change.How,
            Tracked: true,
            change.Before,
            change.After,
            change.Difference is { } difference ? SecretMasking.MaskText(difference) : null,
            change.IsPutBack,
            1,
            tables.Processes.IdOf(writing.Process),
            tables.Steps.Find(execution),
            entry?.Container)
        {
            BootTimeNs = writing.BootTimeNs,
            Execution = execution,
        });
    }
}
