using Sallyport.Protocol.Report;

namespace Sallyport.Reporting.Showing;

/// <summary>Changes of files by folder: as deep as leaves few enough folders to show.</summary>
internal static class FolderSummary
{
    private const int MostFolders = 12;
    private const int Deepest = 12;

    /// <summary>Folders with how many files were changed below each, the most first.</summary>
    public static IReadOnlyList<(string Folder, int Files, string Changes)> Of(IReadOnlyCollection<FileDocument> files)
    {
        IReadOnlyList<(string, int, string)> best = [];
        for (var depth = 1; depth <= Deepest && files.Count > 0; depth++)
        {
            var groups = files.GroupBy(file => Cut(file.Path, depth), StringComparer.Ordinal).ToList();
            if (groups.Count > MostFolders && depth > 1)
            {
                break;
            }

            var folders = groups
                .Select(group => (group.Key, group.Select(file => file.Path).Distinct(StringComparer.Ordinal).Count(), Changes(group)))
                .OrderByDescending(row => row.Item2).ThenBy(row => row.Key, StringComparer.Ordinal).Take(MostFolders).ToList();
            if (depth > 1 && folders.Select(row => row.Key).SequenceEqual(best.Select(row => row.Item1), StringComparer.Ordinal))
            {
                break;
            }

            best = folders;
        }

        return best;
    }

    /// <summary>For instance <c>created 120, removed 3</c>.</summary>
    private static string Changes(IEnumerable<FileDocument> files) => string.Join(", ", files
        .GroupBy(file => file.Change, StringComparer.Ordinal)
        .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => $"{group.Key} {Amount.Count(group.Count())}"));

    /// <summary>The first folders of a path; the file's own name is never one.</summary>
    private static string Cut(string path, int depth)
    {
        var end = 0;
        for (var i = 0; i < depth; i++)
        {
            var next = path.IndexOf('/', Math.Min(end + 1, path.Length));
            if (next < 0)
            {
                break;
            }

            end = next;
        }

        return end == 0 ? "/" : path[..end];
    }
}
