using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Files;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// <c>dropped-program-run</c>: a file is run that a process of the job wrote, which had it from another machine, outside the folder
/// that the job works in. A compiler's output is none: neither the linker nor what its parent started besides called anybody. What
/// was done to a file may be told after its program began, so both are kept: <see cref="MostFiles"/> each.
/// </summary>
internal sealed class DroppedProgramDetector(Lineage lineage) : IDetector
{
    private const int MostFiles = 8192;

    /// <summary>A change has the time at which it was read of: on a busy machine that is later than the exec that followed it.</summary>
    private const long LateNs = 1_000_000_000;

    private readonly RecentPaths<FileChanged> written = new(MostFiles);
    private readonly RecentPaths<ProcessExecuted> run = new(MostFiles);
    private string? folder;

    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        switch (value)
        {
            case RecordingStarted started:
                folder = started.WorkingDirectory;
                break;
            case FileChanged { Tracked: false, Change: "created" or "linked" or "written" or "renamed" } changed when IsElsewhere(changed.Path):
                written.Remember(changed.Path, changed);
                if (run.Find(changed.Path) is { } begun && begun.BootTimeNs >= changed.BootTimeNs - LateNs)
                {
                    Tell(changed, begun, sink);
                }

                break;
            case ProcessExecuted { Container: null } executed:
                Begin(executed, executed.Exe, sink);
                if (lineage.Find(executed.Process)?.Script is { } script)
                {
                    Begin(executed, script, sink);
                }

                break;
        }
    }

    private void Begin(ProcessExecuted executed, string path, IEventSink<RecordedEvent> sink)
    {
        if (!IsElsewhere(path))
        {
            return;
        }

        run.Remember(path, executed);
        if (written.Find(path) is { } changed)
        {
            Tell(changed, executed, sink);
        }
    }

    private void Tell(FileChanged changed, ProcessExecuted executed, IEventSink<RecordedEvent> sink)
    {
        if (lineage.DownloaderOf(changed.Process) is { } downloader && lineage.Find(executed.Process) is { } entry)
        {
            sink.Accept(Finding.Of(
                ProcessFindings.DroppedProgramRun,
                executed with { Execution = entry.Execution },
                executed.Process,
                null,
                isBlocked: false,
                ("program", changed.Path),
                ("writtenBy", lineage.Find(changed.Process)?.Exe),
                ("downloadedBy", lineage.Find(downloader)?.Exe)));
        }
    }

    private bool IsElsewhere(string path) =>
        !ProgramFile.IsOfSystem(path)
        && (folder is null or "/" || !FolderPath.IsSameOrBelow(path, folder));
}
