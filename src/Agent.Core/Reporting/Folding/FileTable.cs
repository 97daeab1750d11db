using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Agent.Core.Reporting.Folding;

/// <summary>Changes of files; the same change of one file by one process is counted. Bounded; a tenth is kept for tracked files.</summary>
internal sealed class FileTable(int limit, LossTable losses, ProcessTable processes)
{
    private readonly Dictionary<(string Path, string Change, string? Process, string? Step), FileRow> rows = [];

    public void Changed(FileChanged e)
    {
        var key = (e.Path, e.Change, e.Process, e.Step);
        if (rows.TryGetValue(key, out var row))
        {
            rows[key] = row with
            {
                Tracked = row.Tracked || e.Tracked,
                Before = row.Before ?? e.Before,
                After = e.After ?? row.After,
                Count = Tally.Add(row.Count, e.Count),
            };
            return;
        }

        if (rows.Count >= (e.Tracked ? limit : limit - limit / 10))
        {
            losses.Add("report-files", 1);
            return;
        }

        rows.Add(key, new FileRow(rows.Count, e, e.Tracked, e.Before, e.After, Tally.Add(0, e.Count)));
        processes.Refer(e.Process);
    }

    public ImmutableArray<FileDocument> Documents(WallClock clock, StepTable steps) =>
    [
        .. rows.Values
            .OrderBy(row => row.First.BootTimeNs)
            .ThenBy(row => row.Number)
            .Select(row => new FileDocument(
                string.Create(CultureInfo.InvariantCulture, $"f{row.Number + 1}"),
                row.First.Path,
                row.First.Change,
                row.Tracked,
                row.Before,
                row.After,
                row.Count,
                clock.At(row.First.BootTimeNs),
                steps.Find(row.First.Step),
                row.First.Process)),
    ];

    private sealed record FileRow(int Number, FileChanged First, bool Tracked, string? Before, string? After, long Count);
}
