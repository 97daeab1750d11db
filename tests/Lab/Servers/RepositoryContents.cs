using System.Collections.Concurrent;

namespace Sallyport.Lab.Servers;

/// <summary>
/// The only file that GitHub's API has of any repository: <c>GET /repos/O/R/contents/PATH?ref=SHA</c>, raw. What it is at a commit a test
/// may say; else it is <see cref="Policy"/>.
/// </summary>
public static class RepositoryContents
{
    /// <summary>A policy in block mode that allows v4.test:80.</summary>
    public const string Policy = "version: 1\nmode: block\nallow: [v4.test:80]\n";

    private static readonly ConcurrentDictionary<string, string> s_commits = new(StringComparer.Ordinal);

    /// <param name="sha">No other test's.</param>
    /// <param name="text">ASCII.</param>
    public static void Commit(string sha, string text) => s_commits[sha] = text;

    internal static string? TryAnswer(HttpHead head)
    {
        if (head.Method != "GET" || !head.Target.StartsWith("/repos/", StringComparison.Ordinal)
            || !head.Target.Contains("/contents/", StringComparison.Ordinal))
        {
            return null;
        }

        return s_commits.GetValueOrDefault(head.Target[(head.Target.LastIndexOf('=') + 1)..], Policy);
    }
}
