using System.Collections.Immutable;
using Sallyport.Policy;
using Sallyport.Policy.Compiling;
using Sallyport.Policy.Linting;
using Sallyport.Policy.Reading;

namespace Sallyport.Agent.Configuration;

/// <summary>From what the command line names to a policy; all mistakes at once.</summary>
internal static class PolicyLoading
{
    /// <summary>Throws <see cref="CommandFailure"/> with all mistakes, or when the file cannot be read.</summary>
    internal static PolicyDocument Read(
        string? file, IEnumerable<string> allow, string? allowedEndpoints, PolicyMode? mode)
    {
        var sources = new List<PolicySource>();
        if (file is not null)
        {
            sources.Add(PolicySource.File(file, ReadFile(file)));
        }

        if (allowedEndpoints is not null)
        {
            sources.Add(PolicySource.AllowedEndpoints(allowedEndpoints));
        }

        sources.Add(PolicySource.Allow(allow));
        if (mode is { } asked)
        {
            sources.Add(PolicySource.OfMode("--mode", asked));
        }

        var reading = PolicyReader.Read(sources);
        return reading.Document ?? throw new CommandFailure(ExitCode.Usage, Describe(reading.Mistakes));
    }

    /// <summary>
    /// What is accepted and cannot work here: in block mode a proxy in force without a rule of its own, because what it
    /// is asked for would not be judged.
    /// </summary>
    internal static void RequireProxyRules(PolicyDocument document, ImmutableArray<string> proxyVariables)
    {
        var warnings = document.EffectiveMode == PolicyMode.Block
            ? PolicyLinter.Lint(document, new LintContext { ProxyVariables = proxyVariables })
            : [];
        var proxies = warnings.Where(warning => warning.Code == "proxy-without-rule").Select(warning => warning.ToString()).ToList();
        if (proxies.Count > 0)
        {
            throw new CommandFailure(ExitCode.Usage, $"{string.Join('\n', proxies)}\nnothing was started");
        }
    }

    internal static CompiledPolicy Compile(PolicyDocument document, ImmutableArray<string> searchDomains) =>
        PolicyCompiler.Compile(document, new CompileContext { SearchDomains = searchDomains });

    /// <summary>One byte more than a policy may have, at most: the reader says that it is too long.</summary>
    internal static byte[] ReadFile(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var bytes = new byte[PolicySource.MaxFileBytes + 1];
            return bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var why = Directory.Exists(path) ? "it is a folder; name the file in it" : e.Message;
            throw new CommandFailure(ExitCode.UnreadableInput, $"the policy {path} cannot be read: {why}");
        }
    }

    internal static string Describe(ImmutableArray<PolicyMistake> mistakes) => string.Join(
        '\n',
        mistakes.Select(mistake => mistake.ToString())
            .Prepend($"the policy has {mistakes.Length} {(mistakes.Length == 1 ? "mistake" : "mistakes")}; nothing was started"));
}
