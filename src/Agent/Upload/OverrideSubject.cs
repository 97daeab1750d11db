using System.Globalization;
using Sallyport.Protocol.ServerOverrides;
using Sallyport.Protocol.Report;

namespace Sallyport.Agent.Upload;

/// <summary>The job that an override is to be for, as the runner told its first step.</summary>
/// <param name="Repository"><c>owner/name</c>.</param>
/// <param name="Run">Id of the workflow's run; null while unknown.</param>
/// <param name="Runner">Name of the runner; null while unknown.</param>
internal sealed record OverrideSubject(string Repository, string? Run, string? Runner)
{
    /// <summary>Null while the job's repository is not known.</summary>
    internal static OverrideSubject? Of(GitHubDocument github) =>
        github.Repository is { } repository && repository.Contains('/', StringComparison.Ordinal)
            ? new OverrideSubject(repository, github.RunId, github.RunnerName)
            : null;

    /// <summary>Why an override, whose signature was verified, is not one for this job now; null when it is.</summary>
    /// <param name="offered">Within its bounds.</param>
    /// <param name="now">By the machine's clock.</param>
    internal string? Hindrance(ServerOverride offered, DateTimeOffset now)
    {
        var owner = Repository[..Repository.IndexOf('/', StringComparison.Ordinal)];
        return offered switch
        {
            _ when !IsSame(offered.Owner, owner) => $"it is of {offered.Owner}, and this job of {owner}",
            { Repository: { } repository } when !IsSame(repository, Repository) => $"it is for {repository}, and this job of {Repository}",
            { Run: { } run } when run != Run => $"it is for run {run}",
            { Runner: { } runner } when runner != Runner => $"it is for runner {runner}",
            _ when DateTimeOffset.FromUnixTimeSeconds(offered.From) > now + OverrideLimits.Ahead => $"it begins at {Time(offered.From)}",
            _ when DateTimeOffset.FromUnixTimeSeconds(offered.Until) <= now => $"it has ended at {Time(offered.Until)}",
            _ => null,
        };
    }

    // GitHub's names know no case.
    private static bool IsSame(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static string Time(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("u", CultureInfo.InvariantCulture);
}
