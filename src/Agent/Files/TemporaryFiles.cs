using Sallyport.Agent.Core.Files;

namespace Sallyport.Agent.Files;

/// <summary>
/// What processes of the job do in the folders that everybody may write to, and in such and in homes of containers. That is too much to tell all of it: told is who put
/// a program there that was run, and who takes such a program away. Used by one thread alone. Bounded by <see cref="MostFiles"/>
/// and <see cref="MostPrograms"/>; the oldest are forgotten, and counted unless somebody has taken them away.
/// </summary>
internal sealed class TemporaryFiles
{
    /// <summary>Files, of a few hundred bytes each; past them those that are there still are lost.</summary>
    internal const int MostFiles = 65_536;

    /// <summary>Programs that were run.</summary>
    internal const int MostPrograms = 8192;

    private readonly Dictionary<string, Deed> put = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Deed> removed = new(StringComparer.Ordinal);
    private readonly Queue<string> order = new();
    private readonly HashSet<string> programs = new(StringComparer.Ordinal);
    private readonly Queue<string> programOrder = new();

    // Of the programs.
    private readonly HashSet<string> gone = new(StringComparer.Ordinal);

    /// <summary>Files and programs that were forgotten while they were there: who runs or takes one away is not told.</summary>
    internal long Overflow { get; private set; }

    /// <summary>Those that are there.</summary>
    internal static IEnumerable<string> Places => OpenFolders.All.Where(Directory.Exists);

    /// <summary>Somebody did something to a file.</summary>
    internal void Take(FileLedger ledger, string path, ulong process, string change, long bootTimeNs, string? inContainer = null)
    {
        if (programs.Contains(path))
        {
            ledger.Add(path, process, change, bootTimeNs, inContainer: inContainer);
            _ = change == "removed" ? gone.Add(path) : gone.Remove(path);
        }

        if (change == "removed")
        {
            // Perhaps while it runs, of which we hear in a moment: who had put it there is still asked for then.
            if (put.ContainsKey(path))
            {
                removed[path] = new Deed(process, change, bootTimeNs, inContainer);
            }

            return;
        }

        _ = removed.Remove(path);
        if (!put.TryGetValue(path, out var before))
        {
            order.Enqueue(path);
        }

        // Who makes a file writes it as well.
        put[path] = change == "written" && before.Process == process && before.Change is not null
            ? before
            : new Deed(process, change, bootTimeNs, inContainer);
        if (put.Count > MostFiles)
        {
            var oldest = order.Dequeue();
            _ = put.Remove(oldest, out var deed);
            Overflow += removed.Remove(oldest) || IsOfGone(oldest, in deed) ? 0 : 1;
        }
    }

    /// <summary>With a container its files go, of which nobody tells: the folder that its runtime kept them in is away.</summary>
    private static bool IsOfGone(string path, in Deed deed) =>
        deed.InContainer is { } inner && path.EndsWith(inner, StringComparison.Ordinal) && !Directory.Exists(path[..^inner.Length]);

    /// <summary>A process of the job runs a file, whatever was done to it before is known.</summary>
    internal void Run(FileLedger ledger, string path)
    {
        if (!programs.Add(path))
        {
            return;
        }

        programOrder.Enqueue(path);
        if (programs.Count > MostPrograms)
        {
            var oldest = programOrder.Dequeue();
            _ = programs.Remove(oldest);
            Overflow += gone.Remove(oldest) ? 0 : 1;
        }

        if (removed.ContainsKey(path))
        {
            _ = gone.Add(path);
        }

        foreach (var deeds in (Dictionary<string, Deed>[])[put, removed])
        {
            if (deeds.TryGetValue(path, out var deed))
            {
                ledger.Add(path, deed.Process, deed.Change, deed.BootTimeNs, inContainer: deed.InContainer);
            }
        }
    }

    private readonly record struct Deed(ulong Process, string Change, long BootTimeNs, string? InContainer);
}
