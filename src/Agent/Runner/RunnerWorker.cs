using System.Globalization;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Runner;

/// <summary>
/// A Runner.Worker: the process of the Actions runner that runs one job. Recognised by its executable, its arguments and
/// its parent together; a name alone is anybody's (RUNNER.md section 9).
/// </summary>
/// <param name="Process">The worker.</param>
/// <param name="Listener">Runner.Listener, its parent.</param>
/// <param name="Root">Folder of the runner: the one above <c>bin</c>.</param>
internal sealed record RunnerWorker(ProcessIdentity Process, ProcessIdentity Listener, string Root)
{
    private const string WorkerName = "Runner.Worker";
    private const string WorkerPath = "/bin/" + WorkerName;
    private const string ListenerPath = "/bin/Runner.Listener";
    private const string Verb = "spawnclient";

    /// <summary>A path and three words; a process can show as many bytes as it has memory for.</summary>
    private const int MostArgumentBytes = 8192;

    /// <summary>Bound on the walk up.</summary>
    private const int Generations = 64;

    /// <summary>Bound on processes that are looked at.</summary>
    private const int MaximumProcesses = 131_072;

    /// <summary>Gives null when the process is no worker, or is gone.</summary>
    internal static RunnerWorker? TryRecognise(int pid)
    {
        if (ProcText.TryReadLink($"/proc/{pid}/exe") is not { } exe || !exe.EndsWith(WorkerPath, StringComparison.Ordinal)
            || !HasWorkersArguments(ProcText.TryRead($"/proc/{pid}/cmdline", MostArgumentBytes) ?? string.Empty, exe)
            || ProcessIdentity.Of(pid) is not { } worker
            || ParentOf(pid) is not { } parent || ProcessIdentity.Of(parent) is not { } listener)
        {
            return null;
        }

        var root = exe[..^WorkerPath.Length];
        return ProcText.TryReadLink($"/proc/{parent}/exe") == root + ListenerPath && worker.IsAlive
            ? new RunnerWorker(worker, listener, root)
            : null;
    }

    /// <summary>The worker whose job a process belongs to by descent: the nearest above it, or itself.</summary>
    internal static RunnerWorker? TryFindAbove(int pid)
    {
        var current = pid;
        for (var i = 0; i < Generations && current > 1; i++)
        {
            if (TryRecognise(current) is { } worker)
            {
                return worker;
            }

            current = ParentOf(current) ?? 0;
        }

        return null;
    }

    /// <summary>The worker's own child that a process descends from, or is; null when the process is not below the worker.</summary>
    internal int? StepAbove(int pid)
    {
        var current = pid;
        for (var i = 0; i < Generations && current > 1; i++)
        {
            var parent = ParentOf(current);
            if (parent == Process.Pid)
            {
                return current;
            }

            current = parent ?? 0;
        }

        return null;
    }

    /// <summary>The worker of the job that has started this one's runner; null when none has.</summary>
    internal RunnerWorker? Outer() => ParentOf(Listener.Pid) is { } above ? TryFindAbove(above) : null;

    /// <summary>Every worker that runs on this machine now.</summary>
    internal static List<RunnerWorker> All()
    {
        var found = new List<RunnerWorker>();
        foreach (var pid in ProcessNumbers.All().Take(MaximumProcesses))
        {
            if (ProcText.TryRead($"/proc/{pid}/comm") is { } name && name.TrimEnd('\n') == WorkerName
                && TryRecognise(pid) is { } worker)
            {
                found.Add(worker);
            }
        }

        return found;
    }

    internal static int? ParentOf(int pid) =>
        ProcText.TryRead($"/proc/{pid}/stat") is { } stat ? ProcessIdentity.ParentOf(stat) : null;

    /// <summary><c>/…/bin/Runner.Worker spawnclient 113 116</c>.</summary>
    internal static bool HasWorkersArguments(string commandLine, string exe)
    {
        var arguments = commandLine.TrimEnd('\0').Split('\0');
        return arguments.Length == 4 && arguments[1] == Verb
            && arguments[0].EndsWith(WorkerName, StringComparison.Ordinal)
            && (!Path.IsPathRooted(arguments[0]) || arguments[0] == exe || Path.GetFileName(arguments[0]) == WorkerName)
            && int.TryParse(arguments[2], NumberStyles.None, CultureInfo.InvariantCulture, out _)
            && int.TryParse(arguments[3], NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }
}
