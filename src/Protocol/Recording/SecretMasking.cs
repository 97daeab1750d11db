using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Sallyport.Protocol.Recording;

/// <summary>
/// Takes secrets out of arguments before anything is written: tokens of known shape wherever they stand, values of
/// options that carry secrets, passwords in URLs, values of authorization headers. A mask never shows a part of the
/// value. Shapes that nobody knows pass; this is a net, not a promise. The expressions are compiled at build time; each is
/// anchored or bounded so that 4 KiB of hostile text, the most that is captured, cost microseconds.
/// </summary>
public static partial class SecretMasking
{
    /// <summary>Stands for a masked value.</summary>
    public const string Mask = "***";

    /// <summary>Masks the arguments of one program.</summary>
    /// <param name="arguments">argv, the program's own name first.</param>
    /// <returns>As many arguments; the same array when nothing was masked.</returns>
    public static ImmutableArray<string> MaskArguments(ImmutableArray<string> arguments)
    {
        if (arguments.IsDefaultOrEmpty)
        {
            return arguments;
        }

        ImmutableArray<string>.Builder? masked = null;
        var shortOptionIsPassword = ShortOptionIsPassword(arguments);
        for (var i = 0; i < arguments.Length; i++)
        {
            var argument = arguments[i];
            var shown = i > 1 && IsValueOfSecret(arguments[i - 1], argument, shortOptionIsPassword)
                ? Mask
                : MaskText(argument);
            if (shortOptionIsPassword && argument.StartsWith("-p", StringComparison.Ordinal) && argument.Length > 2)
            {
                shown = "-p" + Mask;
            }

            if (!ReferenceEquals(shown, argument))
            {
                masked ??= arguments.ToBuilder();
                masked[i] = shown;
            }
        }

        return masked?.MoveToImmutable() ?? arguments;
    }

    /// <summary>Masks one text by its own shape: one argument, a command line, a URL.</summary>
    /// <returns>The same instance when nothing was masked.</returns>
    public static string MaskText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);

        // Most arguments are short words; none of the shapes below fits into so little.
        if (text.Length < 4)
        {
            return text;
        }

        text = Token().Replace(text, Mask);
        text = UrlCredentials().Replace(text, "${scheme}" + Mask + "@");
        text = Header().Replace(text, "${name}" + Mask);
        text = Assignment().Replace(text, "${name}" + Mask);
        return text;
    }

    private static bool IsValueOfSecret(string option, string value, bool shortOptionIsPassword)
    {
        if (value.StartsWith('-'))
        {
            return false;
        }

        return option switch
        {
            "-p" => shortOptionIsPassword,
            "-u" or "--user" or "--proxy-user" or "-U" => NameAndPassword().IsMatch(value),
            _ => SecretOption().IsMatch(option),
        };
    }

    // For everybody else -p is a port, a path or a flag: mkdir -p, docker run -p, ssh -p.
    private static bool ShortOptionIsPassword(ImmutableArray<string> arguments)
    {
        var name = arguments[0].AsSpan(arguments[0].LastIndexOf('/') + 1);
        return name is "sshpass" or "mysql" or "mysqldump" or "mysqladmin" or "mysqlimport" or "mariadb"
            || (name is "docker" or "podman" or "buildah" or "skopeo" or "helm" or "az" or "oras" or "crane"
                && arguments.Contains("login"));
    }

    // GitHub, GitLab, AWS, npm, Slack, PyPI, OpenAI and Anthropic, Google, Stripe, Docker Hub, HashiCorp Vault, JWT.
    [GeneratedRegex(
        @"\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,}|gl(?:pat|ptt|rt|dt|cbt|soat)-[A-Za-z0-9_\-]{16,}" +
        @"|(?:AKIA|ASIA)[0-9A-Z]{16}|npm_[A-Za-z0-9]{16,}|xox[abeoprs]-[A-Za-z0-9\-]{8,}|xapp-[A-Za-z0-9\-]{8,}" +
        @"|pypi-[A-Za-z0-9_\-]{16,}|sk-[A-Za-z0-9_\-]{20,}|AIza[A-Za-z0-9_\-]{30,}|ya29\.[A-Za-z0-9_\-]{16,}" +
        @"|[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|dckr_pat_[A-Za-z0-9_\-]{16,}|hv[sb]\.[A-Za-z0-9_\-]{16,}" +
        @"|eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}(?:\.[A-Za-z0-9_\-]*)?)",
        RegexOptions.CultureInvariant)]
    private static partial Regex Token();

    // https://user:password@host, and https://token@host
    [GeneratedRegex(
        @"(?<scheme>://)[^/\s@""']+@",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex UrlCredentials();

    // Authorization: Bearer …, also X-Api-Key, PRIVATE-TOKEN and the like, to the end of the line or the quote
    [GeneratedRegex(
        @"(?<name>\b(proxy-)?authorization\s*[:=]\s*|\b(x-[a-z\-]*(key|token|secret|password)|private-token|job-token" +
        @"|deploy-token|cookie)\s*:\s*)[^""'\r\n]+",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Header();

    // --token=…, -p=…, //registry/:_authToken=…, DB_PASSWORD=…, {"password":"…"} ; and inside a shell's -c also --token …
    [GeneratedRegex(
        @"(?<name>(^|[^A-Za-z0-9])-p=|(token|passwo?r?d|passwd|passphrase|secret|api[_\-]?key|access[_\-]?key" +
        @"|private[_\-]?key|credentials?|_auth)[""']?(=|\s*:\s*[""'])[""']?|--[a-z\-]{0,40}(token|password|passphrase|secret" +
        @"|api-?key)\s+)[^\s""'&;|]+",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Assignment();

    // Options whose value is the next argument.
    [GeneratedRegex(
        @"^--?[a-z0-9\-]*(token|password|passwd|passphrase|secret|api-?key|access-?key|private-?key|credentials?|bearer)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex SecretOption();

    // name:password, but not the uid:gid of a container
    [GeneratedRegex(
        @"^[^:]*[^:0-9][^:]*:.|^[0-9]*:.*[^0-9]",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex NameAndPassword();
}
