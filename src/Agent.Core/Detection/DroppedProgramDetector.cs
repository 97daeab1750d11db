using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Files;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// <c>dropped-program-run</c>: a file is run that a process of the job wrote, which had it from another machine, outside the folder
/// that the job works in. A compiler's output is none: neither the linker nor what its parent started besides called anybody. What
/// was done to a file may be told after its program began, so both are kept: the last <see cref="MostWritten"/> and
/// <see cref="MostRun"/>. In a container a file goes by what the container calls it, and the folder that it works in is the one that its
/// first program began in, be it in a home; <see cref="MostContainers"/> are remembered.
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

    internal const int MostContainers = 4096;

    private readonly RecentPaths<string> workFolders = new(MostContainers);
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
                Write(changed, changed.Path, null, sink);
                if (changed is { Container: { } container, InContainer: { } inner } && IsElsewhere(inner, container))
                {
                    Write(changed, inner, container, sink);
                }

                break;
            case ProcessExecuted executed:
                if (executed.Container is { } id && workFolders.Find(id) is null && !ProgramFile.IsRuntimesOwn(executed.Argv))
                {
                    _ = workFolders.Remember(id, executed.WorkingDirectory);
                }

                Begin(executed, executed.Exe, sink);
                if (lineage.Find(executed.Process)?.Script is { } script)
                {
                    Begin(executed, script, sink);
                }

                break;
        }
    }

    private static string KeyOf(string path, string? container) => container is null ? path : $"{container}:{path}";

    private void Write(FileChanged changed, string path, string? container, IEventSink<RecordedEvent> sink)
    {
        var by = lineage.Find(changed.Process);
        var own = new Written(by, lineage.DownloaderOf(by));
        var key = KeyOf(path, container);
        Overflow += written.Remember(key, own) is { Downloader: not null } ? 1 : 0;
        if (run.Find(key) is { } begun && begun.BootTimeNs >= changed.BootTimeNs - LateNs)
        {
            Tell(path, own, begun, sink);
        }
    }

    private void Begin(ProcessExecuted executed, string path, IEventSink<RecordedEvent> sink)
    {
        if (executed.Container is { } container ? !IsElsewhere(path, container) : !IsElsewhere(path))
        {
            return;
        }

        var key = KeyOf(path, executed.Container);
        Overflow += run.Remember(key, executed) is { } oldest && oldest.BootTimeNs + ToldNs > executed.BootTimeNs ? 1 : 0;
        if (written.Find(key) is { } own)
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
                ("downloadedBy", downloader.Exe),
                ("container", executed.Container)));
        }
    }

    private bool IsElsewhere(string path) =>
        !ProgramFile.IsOfSystem(path)
        && (folder is null or "/" || !FolderPath.IsSameOrBelow(path, folder));

    /// <summary>A build that works below a home (<c>WORKDIR /home/node/app</c>) is at home there; in a home itself, or in /tmp, nobody is.</summary>
    private bool IsElsewhere(string path, string container) =>
        !ProgramFile.IsOfSystem(path)
        && !(workFolders.Find(container) is ['/', .., not '/'] at && IsBelowHome(at) && FolderPath.IsSameOrBelow(path, at));

    private static bool IsBelowHome(string folder) =>
        !OpenFolders.Have(folder) && folder is not ("/root" or "/home") && Path.GetDirectoryName(folder) != "/home";

    /// <summary>Who wrote a file, and who had it from elsewhere: known by then, for both may have ended long before it is run.</summary>
    private sealed record Written(LineageEntry? By, LineageEntry? Downloader);
}
