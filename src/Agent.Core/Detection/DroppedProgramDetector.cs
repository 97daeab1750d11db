using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Files;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// <c>dropped-program-run</c>: a file is run that a process of the job wrote, which had it from another machine, outside the folder
/// that the job works in. A compiler's output is none: neither the linker nor what its parent started besides called anybody. What
/// was done to a file may be told after its program began, so both are kept: the last <see cref="MostWritten"/> and
/// <see cref="MostRun"/>.
/// </summary>
internal sealed class DroppedProgramDetector(Lineage lineage) : IDetector
{
    /// <summary>As many as the report has rows for: a cache of packages is written by what fetched them, and is large.</summary>
    internal const int MostWritten = 250_000;

    internal const int MostRun = 16_384;

    /// <summary>What was done to a program before it began is told within this.</summary>
    private const long ToldNs = 10_000_000_000;

    /// <summary>A change has the time at which it was read of: on a busy machine that is later than the exec that followed it.</summary>
    private const long LateNs = 1_000_000_000;

    private readonly RecentPaths<Written> written = new(MostWritten);
    private readonly RecentPaths<ProcessExecuted> run = new(MostRun);
    private string? folder;

    /// <summary>Fetched files that were forgotten, and programs, while it may still be told who wrote them.</summary>
    public long Overflow { get; private set; }

    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        switch (value)
        {
            case RecordingStarted started:
                folder = started.WorkingDirectory;
                break;
            case FileChanged { Tracked: false, Change: "created" or "linked" or "written" or "renamed" } changed when IsElsewhere(changed.Path):
                Write(changed, sink);
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

    private void Write(FileChanged changed, IEventSink<RecordedEvent> sink)
    {
        var by = lineage.Find(changed.Process);
        var own = new Written(by, lineage.DownloaderOf(by));
        Overflow += written.Remember(changed.Path, own) is { Downloader: not null } ? 1 : 0;
        if (run.Find(changed.Path) is { } begun && begun.BootTimeNs >= changed.BootTimeNs - LateNs)
        {
            Tell(changed.Path, own, begun, sink);
        }
    }

    private void Begin(ProcessExecuted executed, string path, IEventSink<RecordedEvent> sink)
    {
        if (!IsElsewhere(path))
        {
            return;
        }

        Overflow += run.Remember(path, executed) is { } oldest && oldest.BootTimeNs + ToldNs > executed.BootTimeNs ? 1 : 0;
        if (written.Find(path) is { } own)
        {
            Tell(path, own, executed, sink);
        }
    }

    private void Tell(string path, Written own, ProcessExecuted executed, IEventSink<RecordedEvent> sink)
    {
        // A connection may be told after what was written from it.
        if ((own.Downloader ?? lineage.DownloaderOf(own.By)) is { } downloader && lineage.Find(executed.Process) is { } entry)
        {
            sink.Accept(Finding.Of(
                ProcessFindings.DroppedProgramRun,
                executed with { Execution = entry.Execution },
                executed.Process,
                null,
                isBlocked: false,
                ("program", path),
                ("writtenBy", own.By?.Exe),
                ("downloadedBy", downloader.Exe)));
        }
    }

    private bool IsElsewhere(string path) =>
        !ProgramFile.IsOfSystem(path)
        && (folder is null or "/" || !FolderPath.IsSameOrBelow(path, folder));

    /// <summary>Who wrote a file, and who had it from elsewhere: known by then, for both may have ended long before it is run.</summary>
    private sealed record Written(LineageEntry? By, LineageEntry? Downloader);
}
