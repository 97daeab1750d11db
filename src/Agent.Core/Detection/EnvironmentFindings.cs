using System.Collections.Immutable;

namespace Sallyport.Agent.Core.Detection;

/// <summary>What a step leaves in the environment of the steps after it (<c>GITHUB_ENV</c>, <c>GITHUB_PATH</c>).</summary>
public static class EnvironmentFindings
{
    /// <summary><c>later-code-set</c>.</summary>
    public static FindingKind CodeSet { get; } = new(
        "later-code-set",
        "A step set a variable that makes programs of later steps run other code.",
        "high",
        "LD_PRELOAD, BASH_ENV, NODE_OPTIONS, PERL5OPT, JAVA_TOOL_OPTIONS, DOTNET_STARTUP_HOOKS, GIT_SSH_COMMAND, GIT_CONFIG_…, exported "
        + "functions of bash and the like, as the runner reads GITHUB_ENV: a value of several lines is no name, and options that only give "
        + "memory (`-Xmx4g`) are none. The names are recorded, never the values. The runner itself refuses NODE_OPTIONS; it is told all the "
        + "same. Sallyport’s own steps run without any of them.",
        "Find out what the process is, and treat what later steps of the job did as done by it. A job that wants such a variable says it "
        + "under `env:` of the step that needs it.")
    {
        Evidence = FindingEvidence.LaterSetting,
    };

    /// <summary><c>later-trust-set</c>.</summary>
    public static FindingKind TrustSet { get; } = new(
        "later-trust-set",
        "A step set a variable that says whom programs of later steps trust, or by way of whom they call.",
        "medium",
        "Proxies, and files of certificates (SSL_CERT_FILE, NODE_EXTRA_CA_CERTS, GIT_SSL_NO_VERIFY …): whoever is named there reads what later "
        + "steps send, secrets too. Destinations are judged all the same.",
        "Find out what the process is. An action that sets up a proxy or a certificate of the company’s own does this.")
    {
        Evidence = FindingEvidence.LaterSetting,
    };

    /// <summary><c>later-search-set</c>.</summary>
    public static FindingKind SearchSet { get; } = new(
        "later-search-set",
        "A step set where programs of later steps look for code, outside the folders of tools.",
        "low",
        "LD_LIBRARY_PATH, PYTHONPATH, PERL5LIB, RUBYLIB and NODE_PATH with a folder that is neither the system’s nor in the runner’s cache of "
        + "tools, where setup actions put theirs; and a folder in GITHUB_PATH that everybody may write to (/tmp) or that is not absolute. Other "
        + "folders of GITHUB_PATH, those of the workspace too, are in the recording and no finding.",
        "Look at what lies in the folder. A job that builds its own libraries does this.")
    {
        Evidence = FindingEvidence.LaterSetting,
    };

    /// <summary><c>later-settings-hidden</c>.</summary>
    public static FindingKind SettingsHidden { get; } = new(
        "later-settings-hidden",
        "What a step set for later ones could not be read.",
        "high",
        "The runner’s file was a link, covered by a mount, or larger than 1 MiB: the variables in it are not known. No honest "
        + "step does this to the file.",
        "Find out what the process is, and treat what later steps of the job did as done by it.")
    {
        Evidence = FindingEvidence.LaterSetting,
    };

    /// <summary>All of them, in the order of the manual.</summary>
    public static ImmutableArray<FindingKind> All { get; } = [CodeSet, TrustSet, SearchSet, SettingsHidden];
}
