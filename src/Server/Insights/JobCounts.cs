using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Sallyport.Baseline;
using Sallyport.Protocol.Ingest;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;
using Sallyport.Server.Access;
using Sallyport.Server.Ingest;
using Sallyport.Server.Store;
using Sallyport.Server.Work;

namespace Sallyport.Server.Insights;

/// <summary>Enters a finished job into the lists: its own row, all destinations, all findings. Again changes nothing.</summary>
internal sealed class JobCounts(Database database, TimeProvider time)
{
    /// <summary>Programs that a destination names.</summary>
    private const int MaximumPrograms = 16;

    /// <summary>Of what was counted: the rest is a destination that was refused in the job.</summary>
    public const string RefusedPrefix = "refused ";

    /// <summary>Of what was counted: the rest is a detector and what it found it about.</summary>
    public const string FindingPrefix = "finding ";

    private const int MaximumText = DestinationKey.MaximumText;

    /// <summary>Findings that one job adds to the lists.</summary>
    private const int MaximumFindings = 2_000;

    private static readonly ImmutableArray<string> Naming =
        ["file", "path", "program", "target", "zone", "host", "name", "image", "registry", "what", "command", "rule"];

    /// <summary>Enters the job, as the fold that the row names.</summary>
    /// <param name="item">The claim by which it is folded.</param>
    /// <param name="job">Its row.</param>
    /// <param name="marked">Its report.</param>
    /// <param name="chain">Whether the recording is whole: of <see cref="ChainState"/>.</param>
    /// <param name="cancellation">Of the work.</param>
    /// <exception cref="WorkTakenException">Another folds it by now: nothing was entered.</exception>
    public Task CountAsync(WorkItem item, JobRow job, MarkedReport marked, string chain, CancellationToken cancellation) => database.WriteAsync(
        async write =>
        {
            var report = marked.Report;
            var seen = Destinations(report);
            foreach (var destination in seen.Take(BaselineAnswer.MaximumOfJob))
            {
                await CountAsync(write, job, destination);
            }

            foreach (var finding in Findings(report).Take(MaximumFindings))
            {
                await CountAsync(write, job, finding);
            }

            // One that was joined meanwhile has its recording by the name of the fold that it has, and no pieces to make another of.
            var entered = await write.ExecuteAsync(
                """
                UPDATE job SET agent_version = COALESCE(@Version, agent_version), mode_asked = @Asked, mode_in_force = @InForce,
                    degraded = @degraded, started_ms = @started, ended_ms = @ended, chain = @chain, complete = @complete,
                    exit_code = @ExitCode, refused = @refused, would_refuse = @wouldRefuse, destinations = @destinations,
                    new_destinations = @New,
                    findings = @findings, processes = @processes, files = @files, tampered = @tampered,
                    recorded = COALESCE(recorded, 'folded'), fold = @Fold, named_fold = @Fold
                WHERE id = @Id AND (recorded IS NULL OR recorded <> @Joined OR fold = @Fold)
                """,
                new
                {
                    job.Id,
                    job.Fold,
                    FinishJob.Joined,
                    Version = Cleaned(report.Tool.Version),
                    Asked = Cleaned(report.Mode.Asked),
                    InForce = Cleaned(report.Mode.InForce),
                    degraded = report.Mode.Degraded.IsDefaultOrEmpty ? null : JsonSerializer.Serialize(report.Mode.Degraded),
                    started = report.Started?.ToUnixTimeMilliseconds(),
                    ended = report.Ended?.ToUnixTimeMilliseconds(),
                    chain,
                    complete = report.Complete ? 1 : 0,
                    report.ExitCode,
                    refused = Refused(report),
                    wouldRefuse = report.Connections.Count(row => row.WouldRefuse) + report.Dns.Count(row => row.Verdict == RecordedVerdict.Observed),
                    destinations = seen.Count,
                    marked.New,
                    findings = report.Findings.Length,
                    processes = report.Processes.Length,
                    files = report.Files.Length,
                    tampered = report.Findings.Count(finding => finding.Id == "source-tampered"),
                });
            if (entered == 0)
            {
                throw new WorkTakenException();
            }

            await WorkQueue.HoldAsync(write, item);
            return true;
        },
        cancellation);

    private static string? Cleaned(string? text) => text is null ? null : DatabaseText.Clean(text, MaximumText);

    // Rows of its tables, as the page of the job lists them; each says how many tries it stands for.
    private static int Refused(ReportDocument report) =>
        report.Connections.Count(row => row.Verdict == RecordedVerdict.Refused) + report.Dns.Count(row => row.Verdict == RecordedVerdict.Refused);

    // In one order everywhere, here and below: replicas that count jobs of one workflow cannot wait for each other in a ring.
    private static List<IGrouping<DestinationKey, SeenDestination>> Destinations(ReportDocument report) =>
        [.. SeenDestinations.Of(report).GroupBy(DestinationKey.Of).OrderBy(group => group.Key)];

    private static IEnumerable<FindingDocument> Findings(ReportDocument report) =>
        report.Findings.GroupBy(finding => (finding.Id, Subject: Subject(finding)))
            .OrderBy(group => group.Key.Id, StringComparer.Ordinal)
            .ThenBy(group => group.Key.Subject, StringComparer.Ordinal)
            .Select(group => group.First());

    /// <summary>What the finding is about, so that the same tomorrow is the same: what names a thing, not what numbers it.</summary>
    internal static string Subject(FindingDocument finding)
    {
        var said = Naming
            .Select(finding.Evidence.GetValueOrDefault)
            .FirstOrDefault(value => value is not null);
        return said is null ? "" : DatabaseText.Clean(said, MaximumText);
    }

    // False when the job has counted it already.
    private static async Task<bool> IsFirstAsync(WriteScope write, JobRow job, string what) => await write.ExecuteAsync(
        "INSERT INTO counted (job, what) VALUES (@Id, @what) ON CONFLICT (job, what) DO NOTHING", new { job.Id, what }) == 1;

    private static async Task CountAsync(WriteScope write, JobRow job, IGrouping<DestinationKey, SeenDestination> seen)
    {
        var key = new
        {
            job.Owner,
            job.Repository,
            job.Workflow,
            JobName = job.Name,
            seen.Key.Protocol,
            seen.Key.Host,
            seen.Key.Port,
        };
        var what = seen.Key.ToString();
        if (!await IsFirstAsync(write, job, what))
        {
            return;
        }

        var isRefused = seen.Any(one => one.Refused);
        if (isRefused)
        {
            await IsFirstAsync(write, job, RefusedPrefix + what);
        }

        // The row is this transaction's from here on: what another adds to its programs is there, or comes after.
        var there = await write.OneAsync<string>(
            """
            INSERT INTO destination (owner, repository, workflow, job_name, protocol, host, port, first_ms, last_ms, first_job,
                last_job, jobs, refused, programs, new_ms)
            VALUES (@Owner, @Repository, @Workflow, @JobName, @Protocol, @Host, @Port, @atMs, @atMs, @Id, @Id, 1, @refused, @programs, @atMs)
            ON CONFLICT (owner, repository, workflow, job_name, protocol, host, port) DO UPDATE SET
                first_ms = CASE WHEN destination.first_ms < excluded.first_ms THEN destination.first_ms ELSE excluded.first_ms END,
                last_ms = CASE WHEN destination.last_ms > excluded.last_ms THEN destination.last_ms ELSE excluded.last_ms END,
                first_job = CASE WHEN destination.first_ms <= excluded.first_ms THEN destination.first_job ELSE excluded.first_job END,
                last_job = CASE WHEN destination.last_ms > excluded.last_ms THEN destination.last_job ELSE excluded.last_job END,
                jobs = destination.jobs + 1, refused = destination.refused + excluded.refused,
                new_ms = CASE WHEN destination.taught_job IS NOT NULL OR destination.new_ms > excluded.new_ms
                    THEN destination.new_ms ELSE excluded.new_ms END
            RETURNING programs
            """,
            new
            {
                key.Owner,
                key.Repository,
                key.Workflow,
                key.JobName,
                key.Protocol,
                key.Host,
                key.Port,
                atMs = job.RegisteredMs,
                job.Id,
                refused = isRefused ? 1 : 0,
                programs = "[]",
            });
        await AddProgramsAsync(write, job, seen, there!);
        if (JobNews.Teaches(job))
        {
            await TeachAsync(write, job, seen.Key);
        }
    }

    private static async Task AddProgramsAsync(WriteScope write, JobRow job, IGrouping<DestinationKey, SeenDestination> seen, string there)
    {
        var known = JsonSerializer.Deserialize<string[]>(there)!;
        string[] programs =
        [
            .. known.Concat(seen.Select(one => one.Process).OfType<string>().Select(program => DatabaseText.Clean(program, MaximumText)))
                .Distinct().Take(MaximumPrograms),
        ];
        if (programs.Length == known.Length)
        {
            return;
        }

        await write.ExecuteAsync(
            """
            UPDATE destination SET programs = @programs
            WHERE owner = @Owner AND repository = @Repository AND workflow = @Workflow AND job_name = @Name
              AND protocol = @Protocol AND host = @Host AND port = @Port
            """,
            new
            {
                job.Owner, job.Repository, job.Workflow, job.Name, seen.Key.Protocol, seen.Key.Host, seen.Key.Port,
                programs = JsonSerializer.Serialize(programs),
            });
    }

    // The row was just written, and is this transaction's alone.
    private static async Task TeachAsync(WriteScope write, JobRow job, DestinationKey seen)
    {
        const string Row =
            """
            WHERE owner = @Owner AND repository = @Repository AND workflow = @Workflow AND job_name = @Name
              AND protocol = @Protocol AND host = @Host AND port = @Port
            """;
        var values = new
        {
            job.Owner, job.Repository, job.Workflow, job.Name, seen.Protocol, seen.Host, seen.Port, job.Id, job.RunId,
            atMs = job.RegisteredMs,
            sinceMs = JobNews.SinceMs(job.RegisteredMs),
        };
        // Nobody has taught it, or it is forgotten: it begins anew.
        if (await write.ExecuteAsync(
            $"""
            UPDATE destination SET taught_job = @Id, taught_run = @RunId, taught_again = NULL, taught_ms = @atMs, new_ms = @atMs
            {Row} AND (taught_job IS NULL OR taught_ms < @sinceMs)
            """,
            values) > 0)
        {
            return;
        }

        // A job that is read after later ones comes before them.
        await write.ExecuteAsync(
            $"""
            UPDATE destination SET
                taught_again = CASE WHEN taught_run = @RunId OR taught_again < @Id THEN taught_again WHEN @Id < taught_job THEN taught_job ELSE @Id END,
                taught_run = CASE WHEN @Id < taught_job THEN @RunId ELSE taught_run END,
                new_ms = CASE WHEN @Id < taught_job THEN @atMs ELSE new_ms END,
                taught_job = CASE WHEN @Id < taught_job THEN @Id ELSE taught_job END,
                taught_ms = CASE WHEN @atMs > taught_ms THEN @atMs ELSE taught_ms END
            {Row}
            """,
            values);
    }

    private async Task CountAsync(WriteScope write, JobRow job, FindingDocument finding)
    {
        var subject = Subject(finding);
        if (!await IsFirstAsync(write, job, $"{FindingPrefix}{DatabaseText.Clean(finding.Id, MaximumText)} {subject}"))
        {
            return;
        }

        await write.ExecuteAsync(
            """
            INSERT INTO finding (id, owner, repository, workflow, job_name, detector, subject, title, severity, action, evidence,
                status, first_ms, last_ms, first_job, last_job, jobs)
            VALUES (@id, @Owner, @Repository, @Workflow, @Name, @detector, @subject, @Title, @Severity, @Action, @evidence,
                'new', @atMs, @atMs, @job, @job, 1)
            ON CONFLICT (owner, repository, workflow, job_name, detector, subject) DO UPDATE SET
                last_ms = CASE WHEN finding.last_ms > excluded.last_ms THEN finding.last_ms ELSE excluded.last_ms END,
                last_job = CASE WHEN finding.last_ms > excluded.last_ms THEN finding.last_job ELSE excluded.last_job END,
                jobs = finding.jobs + 1, evidence = excluded.evidence, action = excluded.action
            """,
            new
            {
                id = Secrets.NewId(time.GetUtcNow()),
                job.Owner,
                job.Repository,
                job.Workflow,
                job.Name,
                detector = DatabaseText.Clean(finding.Id, MaximumText),
                subject,
                Title = DatabaseText.Clean(finding.Title, MaximumText),
                Severity = DatabaseText.Clean(finding.Severity, MaximumText),
                Action = DatabaseText.Clean(finding.Action, MaximumText),
                evidence = JsonSerializer.Serialize(finding.Evidence),
                atMs = job.RegisteredMs,
                job = job.Id,
            });
    }
}
