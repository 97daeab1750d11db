using Sallyport.Protocol.Recording;

namespace Sallyport.Server.Search;

/// <summary>
/// Makes rows of events: started programs with their hash, connections, names asked, files changed, findings. What an event
/// names by an id (process, step) is told in the row, so that one row answers by itself. What is remembered for that is
/// bounded; beyond it a row has the id alone, and <see cref="Forgotten"/> counts.
/// </summary>
internal sealed class EventRows(long registeredMs, Action<EventRow> accept, long maximumCharacters = EventRows.MaximumCharacters)
{
    /// <summary>Processes, programs, steps and executions that are remembered, of each.</summary>
    private const int MaximumRemembered = 1 << 16;

    /// <summary>Characters of all that is remembered: a line of a recording may have half a mebibyte.</summary>
    public const long MaximumCharacters = 64 << 20;

    /// <summary>Characters of a command line in a row; the recording has the rest.</summary>
    private const int MaximumCommand = 4096;

    private const int Informational = 1;
    private const int Low = 2;
    private const int Medium = 3;
    private const int High = 4;
    private const int Critical = 5;

    private readonly Dictionary<string, (string? Path, string? Command)> processes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> hashes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<EventRow>> withoutHash = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> steps = new(StringComparer.Ordinal);
    private readonly Dictionary<uint, string> executions = [];
    private long wallMs = registeredMs;
    private long bootNs;
    private bool started;
    private long characters;

    /// <summary>Facts that were not remembered because there were too many.</summary>
    public long Forgotten { get; private set; }

    /// <summary>Takes an event; most make one row, some none.</summary>
    public void Accept(RecordedEvent recorded)
    {
        switch (recorded)
        {
            case RecordingStarted start when !started:
                (started, wallMs, bootNs) = (true, start.WallTime.ToUnixTimeMilliseconds(), start.BootTimeNs);
                break;
            case StepStarted step:
                Remember(steps, step.Step, step.Name, step.Step.Length + step.Name.Length);
                break;
            case ExecutionAssigned { Step: { } step } assigned:
                Remember(executions, assigned.Execution, step, step.Length);
                break;
            case ProcessForked { Parent: { } parent } fork when processes.TryGetValue(parent, out var same):
                Remember(processes, fork.Process, same, fork.Process.Length);
                break;
            case ProcessExecuted executed:
                Accept(executed);
                break;
            case ExecutableHashed hashed:
                Accept(hashed);
                break;
            case ConnectionJudged judged:
                accept(Network(
                    judged, judged.Verdict, judged.Reason, judged.Process, judged.Step, judged.Container, judged.Count,
                    judged.Protocol, judged.Name, judged.Address, judged.Port));
                break;
            case FlowNamed named:
                accept(Network(
                    named, named.Verdict, named.Reason, named.Process, named.Step, named.Container, 1,
                    "tcp", named.Presented.Length > 0 ? named.Presented : named.Leased, named.Address, named.Port));
                break;
            case NameAsked asked:
                accept(Question(asked));
                break;
            case FileChanged changed:
                accept(File(changed));
                break;
            case FindingRaised finding:
                accept(Finding(finding));
                break;
            default:
                break;
        }
    }

    /// <summary>Name of a row's step, as far as it is known by now.</summary>
    public string? StepOf(EventRow row)
    {
        var step = row.Step ?? (row.Execution != 0 ? executions.GetValueOrDefault(row.Execution) : null);
        return step is null ? null : steps.GetValueOrDefault(step, step);
    }

    /// <summary>The rows so far leave memory: a hash that comes later gets a row of its own.</summary>
    public void LetGo() => withoutHash.Clear();

    private void Accept(ProcessExecuted executed)
    {
        var command = string.Join(' ', executed.Argv.IsDefault ? [] : executed.Argv);
        command = command[..Math.Min(command.Length, MaximumCommand)];
        Remember(
            processes, executed.Process, (executed.Exe, command), executed.Process.Length + executed.Exe.Length + command.Length);
        var row = new EventRow
        {
            ClassUid = OcsfClass.ProcessActivity,
            ActivityId = 1,
            SeverityId = Informational,
            TimeMs = TimeOf(executed),
            ProcessUid = executed.Process,
            ProcessPid = executed.Pid,
            ProcessPath = executed.Exe,
            ProcessCommand = command,
            ProcessUser = executed.UserId.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ProcessSha256 = executed.Executable is { } known ? hashes.GetValueOrDefault(known) : null,
            Container = executed.Container,
            Execution = executed.Execution,
        };
        if (executed.Executable is { } executable && row.ProcessSha256 is null)
        {
            // Bounded by the rows in memory, which LetGo lets go of.
            if (!withoutHash.TryGetValue(executable, out var waiting))
            {
                withoutHash[executable] = waiting = [];
            }

            waiting.Add(row);
        }

        accept(row);
    }

    private void Accept(ExecutableHashed hashed)
    {
        Remember(hashes, hashed.Executable, hashed.Sha256, hashed.Executable.Length + hashed.Sha256.Length);
        if (withoutHash.Remove(hashed.Executable, out var waiting))
        {
            waiting.ForEach(row => row.ProcessSha256 = hashed.Sha256);
            return;
        }

        accept(new EventRow
        {
            ClassUid = OcsfClass.Base,
            ActivityId = 0,
            SeverityId = Informational,
            TimeMs = TimeOf(hashed),
            ProcessPath = hashed.Exe,
            ProcessSha256 = hashed.Sha256,
            Execution = hashed.Execution,
        });
    }

    private EventRow Network(
        RecordedEvent recorded, RecordedVerdict verdict, string reason, string? process, string? step, string? container, long count,
        string protocol, string? host, string address, int port)
    {
        var (path, command) = ActorOf(process);
        return new EventRow
        {
            ClassUid = OcsfClass.NetworkActivity,
            // Open = 1, Refuse = 5.
            ActivityId = verdict == RecordedVerdict.Refused ? 5 : 1,
            SeverityId = SeverityOf(verdict),
            TimeMs = TimeOf(recorded),
            DispositionId = DispositionOf(verdict),
            StatusDetail = reason,
            Count = count,
            ActorUid = process,
            ActorPath = path,
            ActorCommand = command,
            DestinationHost = host,
            DestinationIp = address,
            DestinationPort = port > 0 ? port : null,
            Protocol = protocol,
            Container = container,
            Step = step,
            Execution = recorded.Execution,
        };
    }

    private EventRow Question(NameAsked asked)
    {
        var (path, command) = ActorOf(asked.Process);
        return new EventRow
        {
            ClassUid = OcsfClass.DnsActivity,
            ActivityId = 1,
            SeverityId = SeverityOf(asked.Verdict),
            TimeMs = TimeOf(asked),
            DispositionId = DispositionOf(asked.Verdict),
            StatusDetail = asked.Reason,
            ActorUid = asked.Process,
            ActorPath = path,
            ActorCommand = command,
            DestinationIp = asked.Resolver,
            Protocol = asked.Transport,
            QueryName = asked.Name,
            QueryType = asked.QuestionType,
            Container = asked.Container,
            Step = asked.Step,
            Execution = asked.Execution,
        };
    }

    private EventRow File(FileChanged changed)
    {
        var (path, command) = ActorOf(changed.Process);
        return new EventRow
        {
            ClassUid = OcsfClass.FileSystemActivity,
            ActivityId = changed.Change switch
            {
                "created" or "linked" => 1,
                "written" or "replaced" => 3,
                "removed" => 4,
                "renamed" => 5,
                "mounted" => 12,
                _ => 99,
            },
            SeverityId = Informational,
            TimeMs = TimeOf(changed),
            StatusDetail = changed.Change,
            Count = changed.Count,
            ActorUid = changed.Process,
            ActorPath = path,
            ActorCommand = command,
            FilePath = changed.Path,
            Container = changed.Container,
            Step = changed.Step,
            Execution = changed.Execution,
        };
    }

    private EventRow Finding(FindingRaised finding)
    {
        var (path, command) = ActorOf(finding.Process);
        return new EventRow
        {
            ClassUid = OcsfClass.DetectionFinding,
            ActivityId = 1,
            SeverityId = finding.Severity switch
            {
                "critical" => Critical,
                "high" => High,
                "medium" => Medium,
                "low" => Low,
                _ => Informational,
            },
            TimeMs = TimeOf(finding),
            DispositionId = finding.Action == "blocked" ? 2 : 17,
            ActorUid = finding.Process,
            ActorPath = path,
            ActorCommand = command,
            FindingUid = finding.Finding,
            FindingTitle = finding.Title,
            Step = finding.Step,
            Execution = finding.Execution,
        };
    }

    private static int SeverityOf(RecordedVerdict verdict) => verdict switch
    {
        RecordedVerdict.Refused => Medium,
        RecordedVerdict.Observed => Low,
        _ => Informational,
    };

    // Allowed = 1, Blocked = 2, Logged = 17.
    private static int DispositionOf(RecordedVerdict verdict) => verdict switch
    {
        RecordedVerdict.Refused => 2,
        RecordedVerdict.Observed => 17,
        _ => 1,
    };

    // What the machine says of its time may be anything; only a sum that does not fit is bent.
    private long TimeOf(RecordedEvent recorded) =>
        (long)Int128.Clamp(wallMs + (((Int128)recorded.BootTimeNs - bootNs) / 1_000_000), long.MinValue, long.MaxValue);

    private (string? Path, string? Command) ActorOf(string? process) =>
        process is null ? default : processes.GetValueOrDefault(process);

    // What replaces something counts as well as that: it is seldom, and the bound holds.
    private void Remember<TKey, TValue>(Dictionary<TKey, TValue> into, TKey key, TValue value, long length)
        where TKey : notnull
    {
        if (characters + length <= maximumCharacters && (into.Count < MaximumRemembered || into.ContainsKey(key)))
        {
            into[key] = value;
            characters += length;
            return;
        }

        into.Remove(key); // What it was is not what it is.
        Forgotten++;
    }
}
