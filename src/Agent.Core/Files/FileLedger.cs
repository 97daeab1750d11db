namespace Sallyport.Agent.Core.Files;

/// <summary>
/// Puts what is told of one file and process together until it is next written out. Bounded by <see cref="MostRows"/>; whoever fills
/// it writes it out sooner. Not safe for use by several threads at once.
/// </summary>
public sealed class FileLedger
{
    /// <summary>Rows until they have to be written out.</summary>
    public const int MostRows = 16_384;

    private readonly Dictionary<(string Path, ulong Process, string Change), (long Count, long BootTimeNs, string? Target, string? InContainer)> rows = [];

    /// <summary>It has to be written out.</summary>
    public bool IsFull => rows.Count >= MostRows;

    /// <summary>Nothing waits.</summary>
    public bool IsEmpty => rows.Count == 0;

    /// <summary>Takes one thing that was told.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="process">The kernel's number.</param>
    /// <param name="change">A word of <see cref="FileActivity.Change"/>.</param>
    /// <param name="bootTimeNs">When.</param>
    /// <param name="target">What a symbolic link holds; the last one is kept.</param>
    /// <param name="inContainer">As in <see cref="FileActivity.InContainer"/>.</param>
    public void Add(string path, ulong process, string change, long bootTimeNs, string? target = null, string? inContainer = null)
    {
        // What a process creates it writes as well: one row says both.
        if (change == "written" && rows.TryGetValue((path, process, "created"), out var created))
        {
            rows[(path, process, "created")] = created with { Count = created.Count + 1 };
            return;
        }

        var row = rows.GetValueOrDefault((path, process, change), (Count: 0L, BootTimeNs: bootTimeNs, Target: null, InContainer: inContainer));
        rows[(path, process, change)] = row with { Count = row.Count + 1, Target = target ?? row.Target };
    }

    /// <summary>Takes all rows out, in the order of their times.</summary>
    public IReadOnlyList<FileActivity> Take()
    {
        List<FileActivity> taken =
        [
            .. rows.Select(row => new FileActivity(
                    row.Key.Path, row.Key.Change, row.Key.Process, row.Value.Count, row.Value.BootTimeNs, row.Value.Target, row.Value.InContainer))
                .OrderBy(row => row.BootTimeNs).ThenBy(row => row.Path, StringComparer.Ordinal),
        ];
        rows.Clear();
        return taken;
    }
}
