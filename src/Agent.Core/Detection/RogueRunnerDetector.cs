using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// <c>rogue-runner</c>: a job starts an Actions runner, or registers one. The runner that the job itself belongs to was not
/// started by it. Keeps nothing but what <see cref="Lineage"/> has.
/// </summary>
internal sealed class RogueRunnerDetector(Lineage lineage) : IDetector
{
    private const string Program = "Runner.Listener";

    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        if (value is ProcessExecuted executed && IsRunner(executed) && lineage.Find(executed.Process) is { Parent: not null } entry)
        {
            sink.Accept(Finding.Of(
                ProcessFindings.RogueRunner,
                executed with { Execution = entry.Execution },
                executed.Process,
                null,
                isBlocked: false,
                ("program", executed.Exe),
                ("does", executed.Argv.Contains("configure") ? "registers a runner" : "runs"),
                ("container", executed.Container)));
        }
    }

    /// <summary>By the file, or as the argument of `dotnet`.</summary>
    private static bool IsRunner(ProcessExecuted executed) =>
        executed.Exe.EndsWith("/" + Program, StringComparison.Ordinal)
        || (executed.Argv.Length > 1 && executed.Argv.Skip(1).Take(4).Any(argument =>
            argument == Program + ".dll" || argument.EndsWith($"/{Program}.dll", StringComparison.Ordinal)));
}
