namespace Sallyport.Policy.Groups;

/// <summary>
/// What the Actions runner itself talks to, from GitHub's page "Communicating with self-hosted runners". Never
/// *.githubusercontent.com: raw., gist. and objects. serve what anybody uploads (threats A2).
/// </summary>
internal static class GitHubActionsGroup
{
    /// <summary>Storage accounts of logs, artifacts and caches. By name: anybody can open an account in that zone.</summary>
    private const int ResultsAccounts = 20;

    /// <summary>Prefix of these accounts; Harden-Runner's lists write <c>productionresultssa*</c>.</summary>
    public const string ResultsPrefix = "productionresultssa";

    /// <summary>Zone of these accounts.</summary>
    public const string ResultsZone = "blob.core.windows.net";

    private static readonly (string Text, string Why)[] RuntimeEntries =
    [
        ("*.actions.githubusercontent.com:443", "job messages, logs, caches, artifacts, OIDC; a zone of GitHub's own"),
        ("actions-results-receiver-production.githubapp.com:443", "results service under its older name"),
        ("codeload.github.com:443", "archives of actions and repositories"),
        .. Enumerable.Range(0, ResultsAccounts).Select(number =>
            ($"{ResultsPrefix}{number}.{ResultsZone}:443", "logs, artifacts and caches of GitHub")),
    ];

    /// <summary>What Harden-Runner adds to every list of its own accord.</summary>
    public static EndpointGroup Runtime { get; } = EndpointGroup.Of(
        "github-actions-runtime", "what any job needs for its messages, logs, caches and artifacts", RuntimeEntries);

    /// <summary>The whole of what a runner needs, checkout included.</summary>
    public static EndpointGroup Full { get; } = EndpointGroup.Of(
        "github-actions",
        "what the Actions runner, actions/checkout and the setup actions need",
        [
            ("github.com:443", "git over HTTPS, downloads of actions"),
            ("api.github.com:443", "REST and GraphQL; the runner's own registration"),
            ("results-receiver.actions.githubusercontent.com:443", "summaries, artifacts and caches"),
            ("objects.githubusercontent.com:443", "release assets and large files, signed links"),
            ("release-assets.githubusercontent.com:443", "release assets, signed links"),
            ("github-releases.githubusercontent.com:443", "release assets under their older name"),
            ("objects-origin.githubusercontent.com:443", "updates of the runner itself"),
            ("github-registry-files.githubusercontent.com:443", "files of GitHub Packages"),
            ("ghcr.io:443", "immutable actions and container images of GitHub"),
            ("pkg-containers.githubusercontent.com:443", "layers of images from ghcr.io"),
            .. RuntimeEntries,
        ]);
}
