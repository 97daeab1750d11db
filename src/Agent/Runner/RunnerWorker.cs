using System.Globalization;
using System.Text;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Runner;

/// <summary>
/// A Runner.Worker: the process of the Actions runner that runs one job. Recognised by its executable, its arguments and
/// its parent together; a name alone is anybody's (RUNNER.md section 9). Names of files belong to the job's user on most machines, who can
/// rename, replace and link them for the next job: a program also has the name that it was started by, which the kernel keeps.
/// </summary>
/// <param name="Process">The worker.</param>
/// <param name="Listener">Runner.Listener, its parent.</param>
/// <param name="Root">
/// Folder of the runner: the one above that of its programs, whatever that is called. It is <c>bin</c> as unpacked; an update renames it to
/// <c>bin.2.337.0</c> and makes <c>bin</c> a link, and a job's user can do as much.
/// </param>
internal sealed record RunnerWorker(ProcessIdentity Process, ProcessIdentity Listener, string Root)
{
    private const string WorkerName = "Runner.Worker";
    private const string ListenerName = "Runner.Listener";

    /// <summary>Behind the path of a program whose file has been removed or replaced since it began.</summary>
    private const string Deleted = " (deleted)";

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
        if (RootOf(pid, WorkerName) is not { } root
            || ProcessIdentity.Of(pid) is not { } worker
            || ParentOf(pid) is not { } parent || ProcessIdentity.Of(parent) is not { } listener
            || RootOf(parent, ListenerName) != root
            || !HasWorkersArguments(ArgumentsOf(pid) ?? string.Empty))
        {
            return null;
        }

        return worker.IsAlive ? new RunnerWorker(worker, listener, root) : null;
    }

    /// <summary>
    /// What there is to say of a process that has a worker's name and that <see cref="TryRecognise"/> does not know as one; null when it is
    /// gone.
    /// </summary>
    /// <param name="pid">Of the process.</param>
    /// <param name="beginsJob">A listener has started it as it starts workers: a job of a runner that is laid out as none is known to be.</param>
    internal static string? Describe(int pid, out bool beginsJob)
    {
        var arguments = ArgumentsOf(pid);
        var parent = ParentOf(pid) ?? 0;
        beginsJob = (arguments is null || EndAsAWorkers(WordsOf(arguments))) && IsNamed(parent, ListenerName);
        return ProgramOf(pid) is { } program
            ? $"{program}, started by {ProgramOf(parent) ?? "a process that is gone"}"
            : null;
    }

    /// <summary>Folder of the runner that a program lies in, one folder below; null for a program that lies nowhere below one.</summary>
    internal static string? RootOf(string program) =>
        Path.GetDirectoryName(Path.GetDirectoryName(program))?.TrimEnd('/');

    /// <summary>Of a process of that name; null for another.</summary>
    private static string? RootOf(int pid, string name) => IsNamed(pid, name) && ProgramOf(pid) is { } program ? RootOf(program) : null;

    private static bool IsNamed(int pid, string name) =>
        ProcText.TryRead($"/proc/{pid}/comm")?.TrimEnd('\n') == name || Path.GetFileName(ProgramOf(pid)) == name;

    private static string? ProgramOf(int pid) =>
        ProcText.TryReadLink($"/proc/{pid}/exe") is not { } exe ? null
            : exe.EndsWith(Deleted, StringComparison.Ordinal) ? exe[..^Deleted.Length] : exe;

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
    internal static bool HasWorkersArguments(string commandLine) =>
        WordsOf(commandLine) is { Length: 4 } words && EndAsAWorkers(words) && Path.GetFileName(words[0]) == WorkerName;

    /// <summary>Whatever stands before: of a script, its interpreter.</summary>
    private static bool EndAsAWorkers(string[] words) =>
        words is [_, .., Verb, var first, var second]
        && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        && int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    /// <summary>A NUL behind each. Empty when they are too long or the process is gone; null when it does not show them.</summary>
    private static string? ArgumentsOf(int pid) => ProcessLook.TryRead(pid, "cmdline", MostArgumentBytes + 1, mayBeWorker: true) is not { } bytes ? null
        : bytes.Length > MostArgumentBytes ? string.Empty
        : Encoding.UTF8.GetString(bytes);

    private static string[] WordsOf(string commandLine) => commandLine.TrimEnd('\0').Split('\0');
}
