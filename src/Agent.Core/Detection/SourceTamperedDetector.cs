using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// <c>source-tampered</c>: a tracked file was changed by somebody other than git. Once per file and process, as such events come;
/// a process that changes very many (a formatter) is named for the first <see cref="MostFiles"/>, then once for the rest. Bounded
/// by <see cref="MostProcesses"/>.
/// </summary>
internal sealed class SourceTamperedDetector : IDetector
{
    /// <summary>Files that one process is named for.</summary>
    internal const int MostFiles = 100;

    internal const int MostProcesses = 4096;
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);

    /// <summary>Changes by processes past the bound; the table of files has them.</summary>
    public long Overflow { get; private set; }

    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        if (value is not FileChanged { Tracked: true } changed)
        {
            return;
        }

        var process = changed.Process ?? string.Empty;
        var count = counts.GetValueOrDefault(process) + 1;
        if (count > MostFiles + 1)
        {
            return;
        }

        if (count == 1 && counts.Count >= MostProcesses)
        {
            Overflow++;
            return;
        }

        counts[process] = count;
        var kind = FindingCatalogue.SourceTampered;
        sink.Accept(new FindingRaised(
            kind.Id,
            count > MostFiles ? $"{kind.Title[..^1]}: and very many more" : $"{kind.Title[..^1]}: {changed.Path}",
            kind.Severity,
            "reported",
            count > MostFiles ? AndMore() : Facts(changed),
            changed.Process,
            changed.Step)
        {
            BootTimeNs = changed.BootTimeNs,
            Execution = changed.Execution,
        });
    }

    private static ImmutableDictionary<string, string> Facts(FileChanged changed)
    {
        var facts = ImmutableDictionary<string, string>.Empty
            .Add("file", changed.Path)
            .Add("how", changed.Change)
            .Add("before", changed.Before ?? "unknown")
            .Add("after", changed.After ?? (changed.PutBack ? "not caught: it was put back" : "not read"));
        if (changed.PutBack)
        {
            facts = facts.Add("putBack", "yes: when we looked again it was as before");
        }

        return changed.Difference is { } difference ? facts.Add("difference", difference) : facts;
    }

    private static ImmutableDictionary<string, string> AndMore() => ImmutableDictionary<string, string>.Empty.Add(
        "file", string.Create(CultureInfo.InvariantCulture, $"more than {MostFiles}: all are in the table of files"));
}
