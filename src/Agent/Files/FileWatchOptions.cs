using System.Collections.Immutable;
using Sallyport.Policy;

namespace Sallyport.Agent.Files;

/// <summary>What of the files is watched.</summary>
/// <param name="Folders">Places where every change is told; the first one is where the job works. One that the job works in may not exist yet.</param>
/// <param name="Tools">Programs that may write to tracked files, by path.</param>
/// <param name="Protected">Which of the tracked files are looked after.</param>
internal sealed record FileWatchOptions(ImmutableArray<string> Folders, ImmutableArray<string> Tools, FileGlobs Protected)
{
    /// <summary>
    /// Where something lies in wait for somebody who comes later: shells, cron and at, units of systemd, rules of udev, templates of
    /// git's hooks, what the loader and package managers read. What lies in home folders is below those; root's is another one than the job's.
    /// </summary>
    private static readonly ImmutableArray<string> Persistence =
    [
        "/etc", "/root", "/var/spool/cron", "/var/spool/at", "/usr/local", "/usr/lib/systemd", "/lib/systemd", "/run/systemd/system",
        "/usr/lib/udev", "/usr/share/git-core",
    ];

    /// <summary>Tools that runners keep between jobs.</summary>
    private static readonly ImmutableArray<string> ToolCaches = ["/opt/hostedtoolcache"];

    /// <summary>Below it are the work trees that are there when the job's agent begins.</summary>
    internal required string Work { get; init; }

    /// <summary>Where a runner works, whose files for GITHUB_ENV and GITHUB_PATH are read; null without a runner.</summary>
    internal string? RunnerWork { get; init; }

    /// <summary>Only those whose index was written since: git had to do with them in this job. Wall clock.</summary>
    internal DateTimeOffset WorkSince { get; init; } = DateTimeOffset.MinValue;

    /// <summary>As a policy says, for a job that works in some folders.</summary>
    /// <param name="policy">In force.</param>
    /// <param name="folders">Of the job; work trees are looked for in the last one.</param>
    /// <param name="home">Of the job's user.</param>
    internal static FileWatchOptions Of(PolicyDocument policy, ImmutableArray<string> folders, string? home) => new(
        [
            .. folders.Concat(new[] { home }.Concat(Persistence).Concat(PythonFolders()).Concat(ToolCaches).OfType<string>().Where(Directory.Exists))
                .Where(path => path.Length > 1).Distinct(StringComparer.Ordinal),
        ],
        policy.FileTools,
        new FileGlobs(policy.ProtectedFiles))
    {
        Work = folders[^1],
    };

    /// <summary>A folder, or the next above it that exists: by that its file system is found.</summary>
    internal static string Nearest(string folder)
    {
        while (folder.Length > 1 && !Directory.Exists(folder))
        {
            folder = Path.GetDirectoryName(folder) ?? "/";
        }

        return folder;
    }

    /// <summary>python3, and python3.11 for each version: what lies there is run whenever Python begins (sitecustomize, .pth).</summary>
    private static string[] PythonFolders() => Directory.Exists("/usr/lib") ? Directory.GetDirectories("/usr/lib", "python3*") : [];
}
