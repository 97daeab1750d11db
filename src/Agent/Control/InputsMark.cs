using System.Text;
using Sallyport.Agent.Configuration;
using Sallyport.Protocol.Control;
using Sallyport.Protocol.Hashing;

namespace Sallyport.Agent.Control;

/// <summary>
/// What the inputs of a step of the Action are told from another's by: SHA-256 over a line <c>name=value</c> for each that is not blank, by name,
/// values as hexadecimal UTF-8. Without the key, which may be GitHub's token and is another one each time.
/// </summary>
internal static class InputsMark
{
    private const string Prefix = "INPUT_";

    /// <summary>Of a request, as hexadecimal digits; null when it asks for no start.</summary>
    internal static string? Of(ReadOnlySpan<byte> request) =>
        ControlRequest.TryRead(request, out var read, out _) && read is JobStartRequest start ? Of(start.Inputs) : null;

    /// <summary>Of the process that the runner has started for a step.</summary>
    /// <param name="environment">As in /proc/PID/environ: <c>INPUT_EGRESS-POLICY=block</c> and others, a NUL behind each.</param>
    internal static string OfStep(byte[] environment)
    {
        var inputs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in Encoding.UTF8.GetString(environment).Split('\0'))
        {
            var end = entry.IndexOf('=', StringComparison.Ordinal);
            if (end > 0 && entry.StartsWith(Prefix, StringComparison.Ordinal)
                && ActionInputName.All.FirstOrDefault(name => entry.AsSpan(Prefix.Length..end).Equals(name, StringComparison.OrdinalIgnoreCase)) is { } input
                && !string.IsNullOrWhiteSpace(entry[(end + 1)..]))
            {
                inputs[input] = entry[(end + 1)..];
            }
        }

        return Of(inputs);
    }

    private static string Of(IEnumerable<KeyValuePair<string, string>> inputs)
    {
        var lines = inputs.Where(input => input.Key != ActionInputName.ApiKey).OrderBy(input => input.Key, StringComparer.Ordinal)
            .Select(input => $"{input.Key}={Convert.ToHexStringLower(Encoding.UTF8.GetBytes(input.Value))}\n");
        return Convert.ToHexStringLower(Sha256.Digest(Encoding.UTF8.GetBytes(string.Concat(lines))));
    }
}
