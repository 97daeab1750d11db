using System.Globalization;
using Sallyport.Protocol.ServerOverrides;

namespace Sallyport.Server.Overrides;

/// <summary>An override as a person asks for it; null is what is not narrowed.</summary>
/// <param name="Owner">Organisation or user, lower case.</param>
/// <param name="Repository">With or without the owner before it.</param>
/// <param name="Run">Id of a workflow's run.</param>
/// <param name="Runner">Name of a runner.</param>
/// <param name="Reason">Why.</param>
/// <param name="Until">When it ends.</param>
internal sealed record OverrideAsked(string Owner, string? Repository, string? Run, string? Runner, string Reason, DateTimeOffset Until)
{
    /// <summary>What is signed.</summary>
    /// <param name="id">That it gets.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="now">From when it holds.</param>
    public ServerOverride ToSigned(string id, string by, DateTimeOffset now) => new(
        id, Owner, Named(Repository) is { } repository ? repository.Contains('/', StringComparison.Ordinal) ? repository : $"{Owner}/{repository}" : null,
        Named(Run), Named(Runner), Reason.Trim(), by, now.ToUnixTimeSeconds(), Until.ToUnixTimeSeconds());

    /// <summary>The end that so many hours have, as a field has them; null when that is no number of them.</summary>
    public static DateTimeOffset? EndAfter(string? hours, DateTimeOffset now) =>
        int.TryParse(hours, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= 24 ? now.AddHours(count) : null;

    private static string? Named(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
