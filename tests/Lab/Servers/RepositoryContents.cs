namespace Sallyport.Lab.Servers;

/// <summary>The only file that GitHub's API has of any repository, at any commit: <c>GET /repos/O/R/contents/PATH?ref=SHA</c>, raw.</summary>
public static class RepositoryContents
{
    /// <summary>A policy in block mode that allows v4.test:80.</summary>
    public const string Policy = "version: 1\nmode: block\nallow: [v4.test:80]\n";

    internal static string? TryAnswer(HttpHead head) =>
        head.Method == "GET" && head.Target.StartsWith("/repos/", StringComparison.Ordinal)
            && head.Target.Contains("/contents/", StringComparison.Ordinal) ? Policy : null;
}
