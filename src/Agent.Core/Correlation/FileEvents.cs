using Sallyport.Agent.Core.Files;
using Sallyport.Agent.Core.GitHub.Commands;
using Sallyport.Agent.Core.Sources;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>What was done to files, and by whom.</summary>
internal sealed class FileEvents(JobTables tables)
{
    public void Changed(FileActivity activity, IEventSink<RecordedEvent> sink) => Write(
        activity.Process,
        new FileChanged(
            activity.Path, activity.Change, Tracked: false, null, null, null, PutBack: false, activity.Count, null, null, null)
        {
            BootTimeNs = activity.BootTimeNs,
            Target = activity.Target is { } target ? SecretMasking.MaskText(target) : null,
            InContainer = activity.InContainer,
        },
        sink);

    public void Changed(SourceChange change, IEventSink<RecordedEvent> sink) => Write(
        change.Writing.Process,
        new FileChanged(
            change.Path,
            change.How,
            Tracked: true,
            change.Before,
            change.After,
            change.Difference is { } difference ? SecretMasking.MaskText(difference) : null,
            change.IsPutBack,
            1,
            null,
            null,
            null)
        {
            BootTimeNs = change.Writing.BootTimeNs,
        },
        sink);

    public void Set(LaterSetting setting, IEventSink<RecordedEvent> sink)
    {
        var entry = tables.Processes.Find(setting.Process);
        var execution = entry?.Execution ?? 0;
        sink.Accept(new EnvironmentSet(
            setting.File,
            setting.Variable,
            setting.Folder is { } folder ? SecretMasking.MaskText(folder) : null,
            setting.Effect,
            setting.Why,
            tables.Processes.IdOf(setting.Process),
            tables.Steps.Find(execution),
            entry?.Container)
        {
            BootTimeNs = setting.BootTimeNs,
            Execution = execution,
        });
    }

    private void Write(ulong process, FileChanged what, IEventSink<RecordedEvent> sink)
    {
        var entry = tables.Processes.Find(process);
        var execution = entry?.Execution ?? 0;
        sink.Accept(what with
        {
            Process = tables.Processes.IdOf(process),
            Step = tables.Steps.Find(execution),
            Container = entry?.Container,
            Execution = execution,
        });
    }
}
