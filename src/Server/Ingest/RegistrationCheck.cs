using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sallyport.Protocol.Ingest;
using Sallyport.Server.Access;

namespace Sallyport.Server.Ingest;

/// <summary>A registration against its bounds and against who sends it.</summary>
internal static class RegistrationCheck
{
    /// <summary>Repository under which jobs of one machine outside GitHub stand.</summary>
    public const string MachinePrefix = "machine:";

    /// <returns>Null when it may register.</returns>
    public static IngestFailure? Find(JobRegistration asked, Caller caller)
    {
        foreach (var (name, value) in Texts(asked))
        {
            if (value?.Length > IngestLimits.TextCharacters || value?.Contains('\0', StringComparison.Ordinal) == true)
            {
                return new(400, $"'{name}' is longer than {IngestLimits.TextCharacters} characters, or holds a NUL.");
            }
        }

        if (asked.RunId.Length == 0 || asked.Job.Length == 0 || asked.RunAttempt < 1)
        {
            return new(400, "'runId', 'job' and 'runAttempt' (from 1) must be given.");
        }

        if (asked.Matrix?.Count > IngestLimits.MatrixEntries)
        {
            return new(400, $"'matrix' has more than {IngestLimits.MatrixEntries} entries.");
        }

        if (asked.Repository is null)
        {
            return caller.Repository is not null || string.IsNullOrEmpty(asked.Machine)
                ? new(400, "'repository' must be given; without one, 'machine' and an API key.")
                : null;
        }

        var parts = asked.Repository.Split('/');
        if (parts is not [{ Length: > 0 } owner, { Length: > 0 }] || parts[1].StartsWith(MachinePrefix, StringComparison.Ordinal))
        {
            return new(400, $"'repository' is '{asked.Repository}'; it is written owner/name.");
        }

        var isForeign = !Same(owner, caller.Owner)
            || (caller.Repository is not null && !Same(caller.Repository, asked.Repository))
            || (caller.RunId is not null && caller.RunId != asked.RunId)
            || (caller.RunAttempt is not null && caller.RunAttempt != asked.RunAttempt.ToString(CultureInfo.InvariantCulture));
        if (!isForeign && (Contradicts(caller.EventName, asked.EventName) || Contradicts(caller.Workflow, asked.Workflow)))
        {
            return new(
                403, "The credential is of another event or workflow.", $"It is of '{caller.EventName ?? "any"}' and '{caller.Workflow ?? "any"}'.");
        }

        return isForeign
            ? new(403, "The credential is not for this repository and run.", $"It is for {caller.Repository ?? caller.Owner}.")
            : null;
    }

    /// <summary>What makes two registrations the same job.</summary>
    public static string Identity(JobRegistration asked, string owner)
    {
        // A registration without a recording is the job that it was before there were any in it.
        string[] parts =
        [
            owner.ToLowerInvariant(), RepositoryOf(asked).ToLowerInvariant(), asked.RunId,
            asked.RunAttempt.ToString(CultureInfo.InvariantCulture), asked.Job, MatrixText(asked) ?? "", asked.Runner ?? "",
            .. asked.Recording is { } recording ? [recording] : Array.Empty<string>(),
        ];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts))));
    }

    /// <summary>Name of the repository without its owner.</summary>
    public static string RepositoryOf(JobRegistration asked) =>
        asked.Repository is { } whole ? whole[(whole.IndexOf('/', StringComparison.Ordinal) + 1)..] : MachinePrefix + asked.Machine;

    public static string? MatrixText(JobRegistration asked) =>
        asked.Matrix is { Count: > 0 } ? JsonSerializer.Serialize(asked.Matrix) : null;

    private static bool Contradicts(string? signed, string? said) => signed is not null && said is not null && signed != said;

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<(string Name, string? Value)> Texts(JobRegistration asked) =>
        new (string, string?)[]
        {
            ("repository", asked.Repository), ("machine", asked.Machine), ("workflow", asked.Workflow), ("runId", asked.RunId),
            ("job", asked.Job), ("jobName", asked.JobName), ("sha", asked.Sha), ("ref", asked.Ref), ("eventName", asked.EventName),
            ("actor", asked.Actor), ("runner", asked.Runner), ("runnerEnvironment", asked.RunnerEnvironment),
            ("agentVersion", asked.AgentVersion), ("policyVersion", asked.PolicyVersion), ("recording", asked.Recording),
        }.Concat((asked.Matrix ?? ImmutableSortedDictionary<string, string>.Empty).SelectMany(pair => new (string, string?)[] { ("matrix", pair.Key), ("matrix", pair.Value) }));
}
