using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Files;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// <c>rogue-runner</c>: a job starts an Actions runner, or registers one. The runner that the job itself belongs to was not
/// started by it. By the name of the program, or by the two files that a registration leaves in one folder. Bounded by
/// <see cref="MostFiles"/> of those, and as many processes.
/// </summary>
internal sealed class RogueRunnerDetector(Lineage lineage) : IDetector
{
    private const string Program = "Runner.Listener";
    private const string Registers = "registers a runner";
    internal const int MostFiles = 1024;
    private const int MostArguments = 8;

    private readonly RecentPaths<FileChanged> written = new(MostFiles);
    private readonly RecentPaths<ProcessExecuted> told = new(MostFiles); // by process

    /// <summary>Files of registrations that were forgotten.</summary>
    public long Overflow { get; private set; }

    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        switch (value)
        {
            case ProcessExecuted executed when IsRunner(executed) && lineage.Find(executed.Process) is { Parent: not null } entry:
                _ = told.Remember(executed.Process, executed);
                sink.Accept(Finding.Of(
                    ProcessFindings.RogueRunner,
                    executed with { Execution = entry.Execution },
                    executed.Process,
                    null,
                    isBlocked: false,
                    ("program", executed.Exe),
                    ("does", executed.Argv.Contains("configure") ? Registers : "runs"),
                    ("container", executed.Container)));
                break;
            case FileChanged { Change: "created" or "linked" or "written" or "renamed" } changed when RunnerFiles.Have(changed.Path):
                Wrote(changed, sink);
                break;
        }
    }

    private void Wrote(FileChanged changed, IEventSink<RecordedEvent> sink)
    {
        var isNew = written.Find(changed.Path) is null;
        Overflow += written.Remember(changed.Path, changed) is null ? 0 : 1;
        if (isNew && written.Find(RunnerFiles.Other(changed.Path)) is not null
            && !(changed.Process is { } process && told.Find(process) is not null))
        {
            sink.Accept(Finding.Of(
                ProcessFindings.RogueRunner,
                changed,
                changed.Process,
                changed.Step,
                isBlocked: false,
                ("program", lineage.Find(changed.Process)?.Exe),
                ("does", Registers),
                ("folder", changed.Path[..changed.Path.LastIndexOf('/')]),
                ("container", changed.Container)));
        }
    }

    /// <summary>By the file, or as the argument of <c>dotnet</c>.</summary>
    private static bool IsRunner(ProcessExecuted executed) =>
        executed.Exe.EndsWith("/" + Program, StringComparison.Ordinal)
        || (executed.Exe.EndsWith("/dotnet", StringComparison.Ordinal) && executed.Argv.Skip(1).Take(MostArguments).Any(argument =>
            argument == Program + ".dll" || argument.EndsWith($"/{Program}.dll", StringComparison.Ordinal)));
}
