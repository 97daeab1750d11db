using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Sinks;

/// <summary>The numbers of the status line. Written and read by the draining thread alone.</summary>
internal sealed class LiveCounts
{
    /// <summary>Bound on destinations that are told apart; beyond it the count says "more than".</summary>
    private const int MaximumDestinations = 65536;

    /// <summary>Bound on processes whose executable is remembered; cleared when it is reached.</summary>
    private const int MaximumProcesses = 65536;

    private readonly HashSet<(string, int, string)> destinations = [];
    private readonly Dictionary<string, string> executables = [];
    private long events;
    private long refused;
    private string? latest;

    internal void Accept(RecordedEvent value)
    {
        events++;
        switch (value)
        {
            case ProcessExecuted e:
                if (executables.Count >= MaximumProcesses)
                {
                    executables.Clear();
                }

                executables[e.Process] = Path.GetFileName(e.Exe);
                break;
            case ConnectionJudged e:
                Judged(e.Name ?? e.Address, e.Port, e.Protocol, e.Verdict, e.Count, e.Process);
                break;
            case FlowNamed { Verdict: RecordedVerdict.Refused } e:
                var named = e.Presented.Length > 0 && !PresentedName.IsAddress(e.Presented);
                Judged(named ? e.Presented : e.Address, e.Port, "tcp", e.Verdict, 1, e.Process);
                break;
            case NameAsked { Verdict: RecordedVerdict.Refused } e:
                Refused($"name {e.Name}", 1, e.Process);
                break;
        }
    }

    /// <summary>One line, without colour or escape sequences of its own; text of the job is not escaped here.</summary>
    internal string Line()
    {
        var more = destinations.Count >= MaximumDestinations ? "more than " : string.Empty;
        var line = $"{more}{destinations.Count:N0} {(destinations.Count == 1 ? "destination" : "destinations")}";
        if (refused > 0)
        {
            line += $" · {refused:N0} refused: {latest}";
        }

        return $"{line} · {events:N0} events";
    }

    private void Judged(string host, int port, string protocol, RecordedVerdict verdict, long count, string? process)
    {
        if (destinations.Count < MaximumDestinations)
        {
            _ = destinations.Add((host, port, protocol));
        }

        if (verdict == RecordedVerdict.Refused)
        {
            Refused(port == 0 ? $"{host} {protocol}" : $"{host}:{port}", count, process);
        }
    }

    private void Refused(string what, long count, string? process)
    {
        refused += Math.Max(count, 1);
        latest = process is not null && executables.TryGetValue(process, out var name) ? $"{what} by {name}" : what;
    }
}
