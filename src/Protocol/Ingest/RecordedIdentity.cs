using System.Globalization;
using Sallyport.Protocol.Recording;

namespace Sallyport.Protocol.Ingest;

/// <summary>What a recording is registered as: what GitHub calls the job or, outside GitHub, the machine and the command.</summary>
/// <param name="Machine">Host name.</param>
/// <param name="OfRunner">A runner's job: its identity comes with the recording, and is waited for.</param>
/// <param name="PolicyVersion">Name and number of the server's policy that is in force; null for none.</param>
public sealed record RecordedIdentity(string Machine, bool OfRunner, string? PolicyVersion)
{
    // Of the first seal: the same recording sent again is the same job.
    private const int RunIdCharacters = 16;

    /// <summary>The registration; null as long as the recording has not said enough.</summary>
    /// <param name="tail">As far as it was read.</param>
    /// <param name="atLast">It will say no more.</param>
    public JobRegistration? Registration(RecordingTail tail, bool atLast)
    {
        ArgumentNullException.ThrowIfNull(tail);
        if (tail.Started is not { } started)
        {
            return null;
        }

        if (tail.GitHub is { Repository: not null, RunId: not null } job)
        {
            return new JobRegistration(
                Cut(job.Repository), null, Cut(job.Workflow), Cut(job.RunId)!,
                int.TryParse(job.RunAttempt, NumberStyles.None, CultureInfo.InvariantCulture, out var attempt) && attempt > 0 ? attempt : 1,
                Cut(job.Job) ?? Cut(job.JobName) ?? "job", Cut(job.JobName), job.Matrix, Cut(job.Sha), Cut(job.Ref), Cut(job.EventName),
                Cut(job.Actor), Cut(job.RunnerName), Cut(job.RunnerEnvironment), started.ToolVersion, Cut(PolicyVersion), tail.FirstSeal);
        }

        if (OfRunner && !atLast)
        {
            return null;
        }

        var command = started.Command.IsDefaultOrEmpty ? "job" : Path.GetFileName(started.Command[0]);
        return new JobRegistration(
            null, Cut(Machine), null, tail.FirstSeal![..RunIdCharacters], 1, Cut(command) ?? "job", Cut(string.Join(' ', started.Command)), null, null, null, null,
            Cut(started.User), Cut(Machine), null, started.ToolVersion, Cut(PolicyVersion), tail.FirstSeal);
    }

    private static string? Cut(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var plain = text.Replace("\0", "", StringComparison.Ordinal);
        return plain.Length <= IngestLimits.TextCharacters ? plain : plain[..IngestLimits.TextCharacters];
    }
}
