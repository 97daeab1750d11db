using System.Collections.Immutable;
using Sallyport.Policy;

namespace Sallyport.Agent.Files;

/// <summary>What of the files is watched.</summary>
/// <param name="Folders">Places where every change is told; the first one is where the job works.</param>
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

    /// <summary>As a policy says, for a job that works in a folder.</summary>
    internal static FileWatchOptions Of(PolicyDocument policy, string folder, string? home) => new(
        [
            .. new[] { folder, home }.Concat(Persistence).Concat(PythonFolders()).Concat(ToolCaches)
                .OfType<string>().Where(path => path.Length > 1 && Directory.Exists(path)).Distinct(StringComparer.Ordinal),
        ],
        policy.FileTools,
        new FileGlobs(policy.ProtectedFiles));

    /// <summary>python3, and python3.11 for each version: what lies there is run whenever Python begins (sitecustomize, .pth).</summary>
    private static string[] PythonFolders() => Directory.Exists("/usr/lib") ? Directory.GetDirectories("/usr/lib", "python3*") : [];
}
