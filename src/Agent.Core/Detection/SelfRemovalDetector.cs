using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Files;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// <c>program-removed-itself</c>: a process, or one that it started, takes away the file that it runs, be it a script. Whoever
/// started it may do that, and so clean up. Bounded by <see cref="MostFiles"/> and <see cref="MostOfFile"/> processes of each.
/// </summary>
internal sealed class SelfRemovalDetector(Lineage lineage) : IDetector
{
    private const int MostFiles = 8192;
    private const int MostOfFile = 16;

    private readonly RecentPaths<Queue<string>> run = new(MostFiles);

    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        switch (value)
        {
            case ProcessExecuted { Container: null } executed:
                Remember(executed.Exe, executed.Process);
                if (lineage.Find(executed.Process)?.Script is { } script)
                {
                    Remember(script, executed.Process);
                }

                break;
            case FileChanged { Change: "removed", Process: { } by } removed
                when run.Find(removed.Path)?.FirstOrDefault(process => lineage.IsSameOrBelow(by, process)) is { } process:
                sink.Accept(Finding.Of(
                    ProcessFindings.ProgramRemovedItself,
                    removed,
                    process,
                    removed.Step,
                    isBlocked: false,
                    ("program", removed.Path),
                    ("removedBy", lineage.Find(by)?.Exe)));
                break;
        }
    }

    private void Remember(string path, string process)
    {
        if (ProgramFile.IsOfSystem(path))
        {
            return;
        }

        var processes = run.Find(path) ?? new Queue<string>();
        processes.Enqueue(process);
        if (processes.Count > MostOfFile)
        {
            _ = processes.Dequeue();
        }

        run.Remember(path, processes);
    }
}
