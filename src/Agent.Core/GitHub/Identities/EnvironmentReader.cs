using System.Collections.Immutable;
using System.Text;

namespace Sallyport.Agent.Core.GitHub.Identities;

/// <summary>
/// Reads an environment as the kernel has it: <c>NAME=value</c>, each ended by NUL. Never throws. Where a name stands
/// twice, <c>getenv</c> (glibc, musl) finds the first and bash keeps the last: the first is taken, and that they differ is
/// said. The worker never writes a name twice.
/// </summary>
public static class EnvironmentReader
{
    /// <summary>Longest value, bytes; a longer one counts as a conflict.</summary>
    public const int LongestValue = 4096;

    private const string TokenService = "ACTIONS_ID_TOKEN_REQUEST_URL";
    private static readonly ImmutableArray<string> OtherServices = ["ACTIONS_CACHE_URL", "ACTIONS_RESULTS_URL", "ACTIONS_RUNTIME_URL"];
    private const string OutputName = "GITHUB_OUTPUT";
    private const string OutputFile = "set_output_";

    private static readonly ImmutableArray<string> Names =
    [
        "ACTIONS_CACHE_URL", TokenService, "ACTIONS_RESULTS_URL", "ACTIONS_RUNTIME_URL", "GITHUB_ACTION", "GITHUB_ACTION_PATH", "GITHUB_ACTION_REF", "GITHUB_ACTION_REPOSITORY", "GITHUB_ACTOR",
        "GITHUB_EVENT_NAME", "GITHUB_JOB", OutputName, "GITHUB_REF", "GITHUB_REPOSITORY", "GITHUB_RUN_ATTEMPT",
        "GITHUB_RUN_ID", "GITHUB_SERVER_URL", "GITHUB_SHA", "GITHUB_WORKFLOW", "GITHUB_WORKFLOW_REF", "GITHUB_WORKSPACE",
        "RUNNER_ENVIRONMENT", "RUNNER_NAME", "RUNNER_OS", "RUNNER_TRACKING_ID",
    ];

    private static readonly Dictionary<byte[], string>.AlternateLookup<ReadOnlySpan<byte>> Known =
        Names.ToDictionary(Encoding.ASCII.GetBytes, Correlation.BytesComparer.Instance)
            .GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>Reads a block.</summary>
    /// <param name="block">The variables.</param>
    /// <param name="truncated">True when there was more; a variable that no NUL ends is not read then.</param>
    public static EnvironmentReading Read(ReadOnlySpan<byte> block, bool truncated)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var conflicts = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);
        while (!block.IsEmpty)
        {
            var end = block.IndexOf((byte)0);
            if (end < 0 && truncated)
            {
                break;
            }

            var variable = end < 0 ? block : block[..end];
            block = end < 0 ? default : block[(end + 1)..];
            Take(variable, values, conflicts);
        }

        string? Value(string name) => values.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;
        return new EnvironmentReading(
            new JobIdentity(
                Value("GITHUB_JOB"), Value("GITHUB_WORKFLOW"), Value("GITHUB_WORKFLOW_REF"), Value("GITHUB_RUN_ID"),
                Value("GITHUB_RUN_ATTEMPT"), Value("GITHUB_REPOSITORY"), Value("GITHUB_SHA"), Value("GITHUB_REF"),
                Value("GITHUB_ACTOR"), Value("GITHUB_EVENT_NAME"), Value("GITHUB_SERVER_URL"), Value("GITHUB_WORKSPACE"),
                Value("RUNNER_NAME"), Value("RUNNER_OS"), Value("RUNNER_ENVIRONMENT")),
            new ExecutionIdentity(
                Value("GITHUB_ACTION"), Value("GITHUB_ACTION_PATH"), Value("GITHUB_ACTION_REPOSITORY"),
                Value("GITHUB_ACTION_REF"), FileCommands(Value(OutputName)), Value("RUNNER_TRACKING_ID"))
            {
                IdTokenHost = HostOf(Value(TokenService)) is { } host && !OtherServices.Any(other => HostOf(Value(other)) == host)
                    ? host : null,
            },
            [.. conflicts],
            truncated);
    }

    private static void Take(
        ReadOnlySpan<byte> variable, Dictionary<string, string> values, ImmutableSortedSet<string>.Builder conflicts)
    {
        var equals = variable.IndexOf((byte)'=');
        if (equals <= 0 || !Known.TryGetValue(variable[..equals], out var name))
        {
            return;
        }

        var bytes = variable[(equals + 1)..];
        if (bytes.Length > LongestValue)
        {
            conflicts.Add(name);
            bytes = bytes[..LongestValue];
        }

        var value = Encoding.UTF8.GetString(bytes);
        if (!values.TryAdd(name, value) && values[name] != value)
        {
            conflicts.Add(name);
        }
    }

    private static string? HostOf(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.HostNameType == UriHostNameType.Dns
            ? uri.Host.ToLowerInvariant() : null;

    // …/_runner_file_commands/set_output_4448a321-a322-4818-bebf-2bf9f68eb223
    private static string? FileCommands(string? output)
    {
        var start = output?.LastIndexOf('/') + 1 ?? 0;
        return output is not null && output.AsSpan(start).StartsWith(OutputFile, StringComparison.Ordinal)
            && Guid.TryParseExact(output.AsSpan(start + OutputFile.Length), "D", out var guid)
            ? guid.ToString("D")
            : null;
    }
}
