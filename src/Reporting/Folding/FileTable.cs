using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Reporting.Folding;

/// <summary>Changes of files; the same change of one file by one process is counted. Bounded; a tenth is kept for tracked files.</summary>
internal sealed class FileTable(int limit, LossTable losses, TextBudget texts, ProcessTable processes)
{
    private readonly Dictionary<(string Path, string Change, string? Process, string? Step), FileRow> rows = [];

    public void Changed(FileChanged e)
    {
        var key = (e.Path, e.Change, e.Process, e.Step);
        if (rows.TryGetValue(key, out var row))
        {
            row.Tracked |= e.Tracked;
            row.Before ??= texts.Replace(null, e.Before, e.Tracked);
            row.After = texts.Replace(row.After, e.After, e.Tracked);
            row.Target = texts.Replace(row.Target, e.Target, e.Tracked);
            row.Count = Tally.Add(row.Count, e.Count);
            return;
        }

        if (rows.Count >= (e.Tracked ? limit : limit - limit / 10))
        {
            losses.Add("report-files", 1);
            return;
        }

        if (!texts.TryTake(TextBudget.Of(e.Path, e.Change, e.Process, e.Step, e.Before, e.After, e.Container, e.Target), e.Tracked))
        {
            return;
        }

        rows.Add(key, new FileRow(rows.Count, e.BootTimeNs)
        {
            Tracked = e.Tracked,
            Before = e.Before,
            After = e.After,
            Count = Tally.Add(0, e.Count),
            Container = e.Container,
            Target = e.Target,
        });
        processes.Refer(e.Process);
    }

    public ImmutableArray<FileDocument> Documents(WallClock clock, StepTable steps) =>
    [
        .. rows
            .OrderBy(row => row.Value.FirstNs)
            .ThenBy(row => row.Value.Number)
            .Select(row => new FileDocument(
                string.Create(CultureInfo.InvariantCulture, $"f{row.Value.Number + 1}"),
                row.Key.Path,
                row.Key.Change,
                row.Value.Tracked,
                row.Value.Before,
                row.Value.After,
                row.Value.Count,
                clock.At(row.Value.FirstNs),
                steps.Find(row.Key.Step),
                row.Key.Process,
                row.Value.Container,
                row.Value.Target)),
    ];

    /// <summary>There are very many: no more than what the key does not say.</summary>
    private sealed class FileRow(int number, long firstNs)
    {
        public int Number { get; } = number;

        /// <summary>Of the first of them, since boot.</summary>
        public long FirstNs { get; } = firstNs;

        public bool Tracked { get; set; }

        public string? Before { get; set; }

        public string? After { get; set; }

        public long Count { get; set; }

        /// <summary>Of the process, which is in one or in none.</summary>
        public string? Container { get; init; }

        /// <summary>Of a symbolic link, the last one.</summary>
        public string? Target { get; set; }
    }
}
