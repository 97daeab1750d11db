using System.Buffers;
using System.Collections.Immutable;
using Sallyport.Protocol.Report;

namespace Sallyport.Reporting.Showing;

/// <summary>Names of processes and their ancestry: <c>npm ci › node install.js › sh -c "curl…" › curl</c>.</summary>
internal sealed class ProcessNames
{
    private const string Arrow = " › ";

    // No real chain is deeper; a report that claims a cycle ends here.
    private const int MaximumDepth = 64;

    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create(" \t\"'|&;<>()$`");
    private static readonly int[] LabelWidths = [48, 32, 24, 16];

    private readonly Dictionary<string, ProcessDocument> processes = new(StringComparer.Ordinal);

    public ProcessNames(ReportDocument report)
    {
        foreach (var process in report.Processes)
        {
            processes.TryAdd(process.Id, process);
        }
    }

    public ProcessDocument? Find(string? id) =>
        id is not null && processes.TryGetValue(id, out var process) ? process : null;

    /// <summary>Name of the program, from the inode and not from argv; escaped.</summary>
    public string Program(string? id) => Find(id) is { } process ? ProgramOf(process) : "an unknown process";

    /// <summary>The programs from the job's first to this one; escaped, at most so many cells wide.</summary>
    public string Chain(string? id, int cells)
    {
        var commands = Commands(id);
        if (commands.Count == 0)
        {
            return "an unknown process";
        }

        foreach (var width in LabelWidths)
        {
            var chain = string.Join(Arrow, commands.Select(command => Columns.Cut(command, width)));
            if (Columns.WidthOf(chain) <= cells)
            {
                return chain;
            }
        }

        return Shortest([.. commands.Select(command => Columns.Cut(command, LabelWidths[^1]))], cells);
    }

    /// <summary>Command lines from the job's first program to this one; escaped, whole.</summary>
    public IReadOnlyList<string> Commands(string? id)
    {
        var commands = new List<string>();
        var process = Find(id);
        for (var depth = 0; process is not null && depth < MaximumDepth; depth++)
        {
            // A fork that never ran a program of its own says nothing that its parent does not.
            if (process.Executed || Find(process.Parent) is null)
            {
                commands.Add(CommandOf(process.Exe, process.Argv));
                for (var i = process.Earlier.Length - 1; i >= 0; i--)
                {
                    commands.Add(CommandOf(process.Earlier[i].Exe, process.Earlier[i].Argv));
                }
            }

            process = Find(process.Parent);
        }

        commands.Reverse();
        return commands;
    }

    /// <summary>One command line; escaped. Arguments with blanks are quoted.</summary>
    public static string CommandOf(string? exe, ImmutableArray<string> argv)
    {
        var words = new List<string> { NameOf(exe, argv) };
        for (var i = 1; i < argv.Length; i++)
        {
            words.Add(Quote(HostileText.Plain(argv[i])));
        }

        return string.Join(' ', words);
    }

    private static string Shortest(List<string> commands, int cells)
    {
        // The first and the last say most; the middle goes first.
        while (commands.Count > 2)
        {
            commands.RemoveAt(commands.Count / 2);
            List<string> shown = [.. commands];
            shown.Insert((commands.Count + 1) / 2, "…");
            var chain = string.Join(Arrow, shown);
            if (Columns.WidthOf(chain) <= cells)
            {
                return chain;
            }
        }

        return Columns.Cut(string.Join(Arrow, commands), cells);
    }

    private static string ProgramOf(ProcessDocument process) => NameOf(process.Exe, process.Argv);

    // argv[0] is what the caller claims; it stands alone only where it begins the executable's own name.
    private static string NameOf(string? exe, ImmutableArray<string> argv)
    {
        var claimed = argv.Length > 0 ? BaseName(argv[0]).TrimStart('-') : null;
        if (exe is null)
        {
            return HostileText.Plain(claimed ?? "unknown program");
        }

        var name = BaseName(exe);
        if (string.IsNullOrEmpty(claimed) || claimed == name)
        {
            return HostileText.Plain(name);
        }

        return name.StartsWith(claimed, StringComparison.Ordinal) && claimed.Length > 1
            ? HostileText.Plain(claimed)
            : $"{HostileText.Plain(claimed)} ({HostileText.Plain(name)})";
    }

    private static string BaseName(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static string Quote(string argument) =>
        argument.Length == 0 || argument.AsSpan().ContainsAny(NeedQuotes)
            ? $"\"{argument.Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            : argument;
}
