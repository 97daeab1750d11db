using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Upload;
using Sallyport.Baseline;
using Sallyport.Protocol.Control;
using Sallyport.Protocol.Ingest;
using Sallyport.Protocol.Report;

namespace Sallyport.Agent.Runner;

/// <summary>
/// What earlier runs of a job reached, as a server says when the job begins: what is new then, <c>fail-on: new</c> decides by. Without an
/// answer nothing is compared, which is said at the start.
/// </summary>
/// <param name="Destinations">Each as in <c>tcp://example.com:443</c>; null when nothing is compared.</param>
/// <param name="Notices">What the job's log is to say.</param>
internal sealed record KnownDestinations(FrozenSet<string>? Destinations, ImmutableArray<ControlNotice> Notices)
{
    /// <summary>Seconds that the start of a job waits for the server, after its other questions.</summary>
    private const int MostSeconds = 3;

    /// <summary>Of a job that does not ask.</summary>
    internal static KnownDestinations None { get; } = new(null, []);

    /// <summary>Asks the server, where the job's inputs say that new destinations fail it.</summary>
    /// <param name="inputs">Of the job.</param>
    /// <param name="target">The server; null without one, of which the reading of the inputs has told.</param>
    /// <param name="worker">Of the job.</param>
    /// <param name="asker">Process of the step that asks.</param>
    /// <param name="patience">What is left for servers.</param>
    internal static KnownDestinations Take(ActionInputs inputs, Func<UploadTarget?> target, RunnerWorker worker, int asker, StartPatience patience)
    {
        if (!inputs.FailOn.HasFlag(FailOn.New))
        {
            return None;
        }

        if (RunnerFacts.IdentityOf(worker, asker) is not { Workflow: { } workflow, Job: { } job, RunId: { } run, Repository: { } repository })
        {
            return Nothing("the runner does not say which job this is");
        }

        try
        {
            if (target() is not { } server)
            {
                return inputs.ServerUrl is null ? None : Nothing("server-url is given without api-key, and the job has no token for it");
            }

            using var http = CurlClient.Asking(server, "baseline", patience.AtMost(MostSeconds));
            var address = server.AddressOf("api/v1/baseline", ("repository", repository), ("workflow", workflow), ("job", job), ("run", run));
            return Read(http.Send([new("GET", address, server.Credential, "application/json", default, [])])[0]);
        }
        catch (Exception e) when (e is CommandFailure or IOException or UnauthorizedAccessException)
        {
            return Nothing(e.Message);
        }
    }

    /// <summary>The answer of a server.</summary>
    internal static KnownDestinations Read(HttpAnswer answer)
    {
        if (!answer.IsSuccess)
        {
            return Nothing(answer.Why ?? FormattableString.Invariant($"the server says HTTP {answer.Status}"));
        }

        return Answers.TryRead(answer.Body, IngestJson.Default.BaselineAnswer) switch
        {
            null => Nothing("the server’s answer cannot be read"),
            { Destinations: { IsDefault: false, Length: > 0 } known } => new KnownDestinations(
                known.Where(text => text is not null).ToFrozenSet(StringComparer.Ordinal), []),
            var other => Nothing(other.Why ?? "the server has nothing to compare with"),
        };
    }

    /// <summary>The report with what is new marked, where something is compared.</summary>
    internal ReportDocument Mark(ReportDocument report) => Destinations is null ? report : NewDestinations.Mark(report, Destinations);

    private static KnownDestinations Nothing(string why) => new(
        null, [new ControlNotice("warning", "fail-on: new compares nothing", $"new destinations fail nothing in this job: {why}.")]);
}
