using System.Buffers;
using System.Collections.Frozen;
using Sallyport.Agent.Core.Files;

namespace Sallyport.Agent.Core.GitHub.Commands;

/// <summary>
/// What a variable or a folder that one step sets does to programs of the steps after it, in a word; null for nothing that is known.
/// Not here, because honest workflows set them and only a person at a terminal is harmed: <c>ENV</c> (read by shells that are
/// interactive), <c>GOFLAGS</c>, <c>MAVEN_OPTS</c>, <c>RUSTC_WRAPPER</c>, which a build is told to use.
/// </summary>
public static class LaterEffect
{
    /// <summary>Programs run code that the value names or holds.</summary>
    public const string Code = "code";

    /// <summary>Programs trust whom the value names, or call by way of it.</summary>
    public const string Trust = "trust";

    /// <summary>Programs look for code where the value says.</summary>
    public const string Search = "search";

    /// <summary>What was set could not be read.</summary>
    public const string Hidden = "hidden";

    private static readonly FrozenSet<string> CodeNames = new[]
    {
        // The loader of programs and the C library; OpenSSL loads what its configuration names.
        "LD_PRELOAD", "LD_AUDIT", "GCONV_PATH", "OPENSSL_CONF", "OPENSSL_MODULES", "OPENSSL_ENGINES",
        "BASH_ENV", "PROMPT_COMMAND", "PS4",
        "NODE_OPTIONS", "PYTHONSTARTUP", "PYTHONHOME", "PERL5OPT", "PERL5DB", "RUBYOPT",
        "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS",
        "DOTNET_STARTUP_HOOKS", "DOTNET_ADDITIONAL_DEPS",
        "GIT_SSH", "GIT_SSH_COMMAND", "GIT_ASKPASS", "SSH_ASKPASS", "GIT_EXTERNAL_DIFF", "GIT_PROXY_COMMAND", "GIT_EXEC_PATH",
        "GIT_TEMPLATE_DIR",
        // The runner takes variables and folders from what any program prints.
        "ACTIONS_ALLOW_UNSECURE_COMMANDS",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Functions that bash has by then instead of programs; settings of git, which name commands; profilers of .NET.</summary>
    private static readonly string[] CodePrefixes = ["BASH_FUNC_", "GIT_CONFIG", "CORECLR_PROFILER", "COR_PROFILER"];

    private static readonly FrozenSet<string> TrustNames = new[]
    {
        "http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE", "PIP_CERT", "NODE_EXTRA_CA_CERTS",
        "NODE_TLS_REJECT_UNAUTHORIZED", "PYTHONHTTPSVERIFY", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_NO_VERIFY",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> SearchNames =
        new[] { "LD_LIBRARY_PATH", "PYTHONPATH", "PERL5LIB", "PERLLIB", "RUBYLIB", "NODE_PATH" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Where tools are that a setup action has put there, and the system's own. <c>/__t</c> is the cache inside a job's container.</summary>
    private static readonly string[] ToolFolders = ["/usr", "/lib", "/lib64", "/opt", "/__t"];

    /// <summary>Of <see cref="CodeNames"/> those whose value is a list of options.</summary>
    private static readonly FrozenSet<string> OptionNames =
        new[] { "NODE_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Options that give memory or a character set, and no code.</summary>
    private static readonly string[] Sizes =
        ["--max-old-space-size=", "--max_old_space_size=", "-Xmx", "-Xms", "-Xss", "-Dfile.encoding="];

    private static readonly SearchValues<char> SizeCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Of a variable.</summary>
    /// <param name="name">As the runner takes it.</param>
    /// <param name="value">Looked at here and kept nowhere.</param>
    /// <param name="toolCache">Of the runner: absolute.</param>
    public static string? OfVariable(string name, string value, string toolCache)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(value);
        return string.IsNullOrWhiteSpace(value) ? null
            : OptionNames.Contains(name) && IsSize(value) ? null
            : CodeNames.Contains(name) || Array.Exists(CodePrefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal)) ? Code
            : TrustNames.Contains(name) ? Trust
            : SearchNames.Contains(name) && !IsOfTools(value, toolCache) ? Search
            : null;
    }

    /// <summary>Of a folder that programs are looked for in: only one that everybody may write to, or that is wherever a program stands.</summary>
    /// <param name="folder">A line: several folders, with a colon between.</param>
    public static string? OfFolder(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return Array.Exists(folder.Split(':'), one => Absolute(one) is not { } path || OpenFolders.Have(path)) ? Search : null;
    }

    private static bool IsSize(string value) => Array.TrueForAll(
        value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
        option => Array.Find(Sizes, size => option.StartsWith(size, StringComparison.Ordinal)) is { } size
            && option.AsSpan(size.Length).IndexOfAnyExcept(SizeCharacters) < 0);

    /// <summary>An empty one means the current folder; honest lists begin with it by mistake, and the others decide.</summary>
    private static bool IsOfTools(string folders, string toolCache) => Array.TrueForAll(
        folders.Split(':', StringSplitOptions.RemoveEmptyEntries),
        one => Absolute(one) is { } path
            && (FolderPath.IsSameOrBelow(path, toolCache) || Array.Exists(ToolFolders, folder => FolderPath.IsSameOrBelow(path, folder))));

    private static string? Absolute(string folder) =>
        folder is ['/', ..] && !folder.Contains('\0', StringComparison.Ordinal) ? Path.GetFullPath(folder) : null;
}
