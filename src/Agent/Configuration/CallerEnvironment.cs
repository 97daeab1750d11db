using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Sallyport.Agent.Control;

namespace Sallyport.Agent.Configuration;

/// <summary>What the agent takes from its environment; nothing else in it reads one.</summary>
/// <param name="NoColor">NO_COLOR is set and not empty (no-color.org).</param>
/// <param name="TerminalKind">TERM, or null.</param>
/// <param name="SudoUser">SUDO_UID, or null when no sudo stands between.</param>
/// <param name="SudoGroup">SUDO_GID, or null.</param>
/// <param name="ProxyVariables">Values of the proxy variables that are in force, each once.</param>
internal sealed record CallerEnvironment(
    bool NoColor, string? TerminalKind, uint? SudoUser, uint? SudoGroup, ImmutableArray<string> ProxyVariables)
{
    /// <summary>NOTIFY_SOCKET, where systemd waits for word (sd_notify(3)); null without it.</summary>
    internal string? NotifySocket { get; init; }

    private static readonly string[] Proxies =
        ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

    internal static CallerEnvironment Read() => From(RawProcess.Environment());

    /// <summary>Of several entries with one name the first counts, as for getenv(3).</summary>
    internal static CallerEnvironment From(ImmutableArray<byte[]> entries)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var text = Encoding.UTF8.GetString(entry);
            var sign = text.IndexOf('=', StringComparison.Ordinal);
            if (sign > 0)
            {
                _ = values.TryAdd(text[..sign], text[(sign + 1)..]);
            }
        }

        return new CallerEnvironment(
            values.GetValueOrDefault("NO_COLOR") is { Length: > 0 },
            values.GetValueOrDefault("TERM"),
            Number(values.GetValueOrDefault("SUDO_UID")),
            Number(values.GetValueOrDefault("SUDO_GID")),
            [.. Proxies.Select(name => values.GetValueOrDefault(name, string.Empty)).Where(value => value.Length > 0).Distinct()])
        {
            NotifySocket = values.GetValueOrDefault("NOTIFY_SOCKET"),
        };
    }

    private static uint? Number(string? text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
