using System.Text;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Host;
using Sallyport.Protocol.Hashing;
using Sallyport.Protocol.Ingest;

namespace Sallyport.Agent.Upload;

/// <summary>
/// Asks a server which policy holds for a job. The last answer is kept, by root alone, for a server that is away: a job that
/// asked for a policy never starts without one because of that.
/// </summary>
internal sealed class PolicyClient(UploadTarget target, CurlClient http, string cache)
{
    /// <summary>Answers that are kept; a workflow names servers and policies as it likes.</summary>
    private const int MaximumKept = 256;

    /// <summary>Asks.</summary>
    /// <param name="job">Which one.</param>
    /// <param name="name">Of the policy; null for the one that is attached.</param>
    /// <param name="staleBecause">Why the answer is the one that was kept; null when it is fresh.</param>
    /// <exception cref="CommandFailure">There is no answer, fresh or kept, or no policy of that name.</exception>
    internal PolicyAnswer Get(JobPlace job, string? name, out string? staleBecause)
    {
        var address = target.AddressOf(
            "api/v1/policy", ("repository", job.Repository), ("workflow", job.Workflow), ("job", job.Job), ("name", name));
        var kept = Path.Combine(cache, Convert.ToHexStringLower(Sha256.Digest(Encoding.UTF8.GetBytes(address))) + ".json");
        var answer = http.Send([new("GET", address, target.Credential, "application/json", default, [])])[0];
        staleBecause = null;
        if (answer.IsSuccess && Read(answer.Body) is { } fresh)
        {
            Keep(kept, answer.Body);
            return fresh;
        }

        if (answer.Status == 404)
        {
            throw new CommandFailure(ExitCode.Usage, $"the policy store of {target.Server.Host} has no policy '{Commands.Printable.Line(name ?? "")}'");
        }

        staleBecause = answer.Why ?? FormattableString.Invariant($"HTTP {answer.Status}");
        return answer.IsWorthAgain && RootFolder.IsSafe(cache) && Read(RootFile.TryRead(kept, CurlClient.MaximumAnswer)) is { } last
            ? last
            : throw new CommandFailure(
                ExitCode.Usage, $"the policy store of {target.Server.Host} gave no policy ({staleBecause}), and no earlier one is kept here");
    }

    /// <summary>That it cannot be kept takes nothing from the answer.</summary>
    private void Keep(string path, byte[] body)
    {
        try
        {
            RootFolder.Ensure(cache);
            RootFile.Replace(path, body);
            foreach (var old in new DirectoryInfo(cache).GetFiles().OrderByDescending(file => file.LastWriteTimeUtc).Skip(MaximumKept))
            {
                old.Delete();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next job asks again.
        }
    }

    /// <summary>Null when it is no answer of a store.</summary>
    internal static PolicyAnswer? Read(byte[] body) =>
        Answers.TryRead(body, IngestJson.Default.PolicyAnswer) is { Floors.IsDefault: false } answer && answer.Floors.All(floor => floor is not null)
            ? answer
            : null;
}
