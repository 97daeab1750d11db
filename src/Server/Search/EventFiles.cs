using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sallyport.Server.Configuration;
using Sallyport.Server.Insights;
using Sallyport.Server.Recordings;

namespace Sallyport.Server.Search;

/// <summary>
/// Where Parquet files stand: <c>parquet/day=2026-11-26/owner=octo/repository=site/&lt;job&gt;-&lt;fold&gt;.parquet</c> below the data folder, by
/// the day on which the server registered the job; those of earlier versions without the fold. Names that others chose are percent-encoded (RFC 3986 section 2.1), and cut
/// where they are long: a name of a folder is no place to read them from, only to find what a known name has.
/// </summary>
internal sealed class EventFiles(ServerSettings settings)
{
    public const string Folder = "parquet";

    /// <summary>Longest encoded name that stands as it is; file systems take 255 bytes with what is before it.</summary>
    private const int MaximumName = 160;

    /// <summary>Absolute.</summary>
    public string Root { get; } = Path.Combine(settings.DataFolder, Folder);

    /// <summary>Name of a job's file, in a bucket and below the data folder.</summary>
    public static string NameOf(JobRow job) => $"{FolderOf(job)}/{FileOf(job)}";

    /// <summary>The same without its folder.</summary>
    public static string FileOf(JobRow job) => $"{job.Id}{job.FoldSuffix}.parquet";

    /// <summary>Of which job a file is, by its name: an id has no hyphen.</summary>
    public static string JobOf(string name) => Path.GetFileNameWithoutExtension(name).Split('-')[0];

    /// <summary>Where the names of a job's files begin, of whatever fold.</summary>
    public static string PrefixOf(JobRow job) => $"{FolderOf(job)}/{job.Id}";

    public static string DayFolder(DateOnly day) => $"{Folder}/day={day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";

    public string PathOf(string name) => Path.Combine(settings.DataFolder, name);

    /// <summary>Moves a file to its place, as a whole; one that is there is replaced.</summary>
    public void Place(string name, string from)
    {
        using (var written = File.OpenHandle(from, FileMode.Open, FileAccess.ReadWrite))
        {
            // A file that is torn by a loss of power would break every search of its day.
            RandomAccess.FlushToDisk(written);
        }

        EmptyFolders.Move(from, PathOf(name));
    }

    /// <summary>Removes a file, and folders that are empty then; one that is not there is no mistake.</summary>
    public void Remove(string name)
    {
        var path = PathOf(name);
        if (!File.Exists(path))
        {
            return;
        }

        File.Delete(path);
        EmptyFolders.Remove(Path.GetDirectoryName(path)!, Root);
    }

    /// <summary>Days that have a folder here, each as <see cref="DayFolder"/> has it.</summary>
    public IEnumerable<string> Days() => Directory.Exists(Root)
        ? Directory.EnumerateDirectories(Root, "day=*").Select(path => $"{Folder}/{Path.GetFileName(path)}")
        : [];

    /// <summary>Names of the files of a day that are here.</summary>
    public IEnumerable<string> NamesOf(string dayFolder) => Directory.Exists(PathOf(dayFolder))
        ? Directory.EnumerateFiles(PathOf(dayFolder), "*.parquet", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(settings.DataFolder, path))
        : [];

    /// <summary>Names of a job's files that are here, of whatever fold.</summary>
    public IReadOnlyList<string> NamesOf(JobRow job)
    {
        var folder = PathOf(FolderOf(job));
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, $"{job.Id}*.parquet").Select(path => Path.GetRelativePath(settings.DataFolder, path))]
            : [];
    }

    /// <summary>Folders that hold files of these days, the newest first.</summary>
    /// <param name="owners">Whose; null for everybody's.</param>
    /// <param name="repository">Name without its owner; null for all.</param>
    public IEnumerable<string> FoldersOf(DateOnly from, DateOnly to, IReadOnlyCollection<string>? owners, string? repository)
    {
        var repositories = repository is null ? "repository=*" : $"repository={Encode(repository)}";
        for (var day = to; day >= from; day = day.AddDays(-1))
        {
            var folder = PathOf(DayFolder(day));
            if (!Directory.Exists(folder))
            {
                continue;
            }

            var found = owners is null
                ? Directory.EnumerateDirectories(folder, "owner=*")
                : owners.Select(owner => Path.Combine(folder, $"owner={Encode(owner)}")).Where(Directory.Exists);
            foreach (var one in found.SelectMany(owner => Directory.EnumerateDirectories(owner, repositories)))
            {
                yield return one;
            }
        }
    }

    private static string FolderOf(JobRow job) =>
        $"{DayFolder(DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(job.RegisteredMs).UtcDateTime))}/owner={Encode(job.Owner)}/"
        + $"repository={Encode(job.Repository)}";

    /// <summary>A name as a folder's: letters, digits, <c>-</c> and <c>_</c> stand for themselves, <c>.</c> where it is not the first.</summary>
    public static string Encode(string name)
    {
        var encoded = new StringBuilder();
        foreach (var octet in Encoding.UTF8.GetBytes(name))
        {
            var stands = char.IsAsciiLetterOrDigit((char)octet) || octet is (byte)'-' or (byte)'_' || (octet == '.' && encoded.Length > 0);
            _ = stands ? encoded.Append((char)octet) : encoded.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
        }

        if (encoded.Length <= MaximumName)
        {
            return encoded.ToString();
        }

        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        return $"{encoded.ToString(0, MaximumName / 2)}~{digest}";
    }
}
