using System.Net;
using System.Text;
using Sallyport.Baseline;
using Sallyport.Policy;
using Sallyport.Policy.Compiling;
using Sallyport.Policy.Endpoints;
using Sallyport.Policy.Judging;
using Sallyport.Policy.Reading;
using Sallyport.Protocol.Report;
using Sallyport.Server.Insights;
using Sallyport.Server.Store;

namespace Sallyport.Server.Policies;

/// <summary>
/// What a policy would have done to jobs that have run: each destination and each DNS question of their reports, judged as the agent would,
/// within the floors that are attached above them. What the machine of a job adds (its search domains, its own floor) is not known here.
/// </summary>
internal sealed class PolicyPreview(Database database, PolicyStore policies, Reports reports)
{
    /// <summary>Jobs that are judged.</summary>
    public const int Jobs = 50;

    private const int ReadAtOnce = 200;

    // Where a binding that holds for the job is the policy's: as a floor, or as the most specific. What it says is what HeldPolicies says of names in ASCII.
    private const string Holds =
        """
        AND EXISTS (SELECT 1 FROM policy_binding b JOIN policy p ON p.id = b.policy
            WHERE b.owner = job.owner AND p.name = @name AND p.deleted_ms IS NULL
                AND (b.repository = '' OR LOWER(b.repository) = LOWER(job.repository)) AND (b.workflow = '' OR LOWER(b.workflow) = LOWER(job.workflow))
                AND (b.job_name = '' OR LOWER(b.job_name) = LOWER(job.name))
                AND (b.is_floor = 1 OR NOT EXISTS (SELECT 1 FROM policy_binding c JOIN policy q ON q.id = c.policy
                    WHERE c.owner = b.owner AND c.is_floor = 0 AND q.deleted_ms IS NULL
                        AND (c.repository = '' OR LOWER(c.repository) = LOWER(job.repository)) AND (c.workflow = '' OR LOWER(c.workflow) = LOWER(job.workflow))
                        AND (c.job_name = '' OR LOWER(c.job_name) = LOWER(job.name))
                        AND ((b.repository = '' AND c.repository <> '') OR (b.workflow = '' AND c.workflow <> '') OR (b.job_name = '' AND c.job_name <> '')))))
        """;

    private static readonly Dictionary<string, int> Protocols = new(StringComparer.Ordinal) { ["tcp"] = 6, ["udp"] = 17, ["icmp"] = 1 };

    /// <summary>
    /// The latest jobs that the policy would hold for: by where it is attached, as policy or as floor; all of the organisation's when it is
    /// attached nowhere.
    /// </summary>
    /// <param name="owner">Organisation.</param>
    /// <param name="name">Of the policy.</param>
    /// <param name="policy">In the stead of the latest version of that name.</param>
    /// <param name="cancellation">Of who asks.</param>
    /// <exception cref="TimeoutException">Other reports were read for too long.</exception>
    public async Task<List<PreviewRow>> RunAsync(string owner, string name, PolicyDocument policy, CancellationToken cancellation)
    {
        var places = await policies.BindingsAsync(owner, cancellation);
        var isAttached = places.Exists(place => place.Policy == name);
        var documents = new Dictionary<string, PolicyDocument>(StringComparer.Ordinal) { [name] = policy };
        var judges = new Dictionary<string, PolicyJudge>(StringComparer.Ordinal);
        var rows = new List<PreviewRow>();
        await foreach (var job in LatestAsync(owner, isAttached ? name : null, cancellation))
        {
            var held = HeldPolicies.Of(places, job.Repository, job.Workflow, job.Name);
            held = isAttached ? held : held with { Policy = name };
            if (held.Policy != name && !held.Floors.Contains(name))
            {
                continue;
            }

            var judge = await JudgeAsync(owner, held, documents, judges, cancellation);
            try
            {
                if (await reports.UseAsync(job, report => Task.FromResult(Judged(judge, job, report)), cancellation) is { } row)
                {
                    rows.Add(row);
                }
            }
            catch (ReportTooLargeException e)
            {
                rows.Add(new PreviewRow(job, [], [], e.Message));
            }

            if (rows.Count == Jobs)
            {
                break;
            }
        }

        return rows;
    }

    private async IAsyncEnumerable<JobRow> LatestAsync(
        string owner, string? name, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var before = JobRow.AfterAll;
        while (true)
        {
            var jobs = await database.ListAsync<JobRow>(
                $"""
                SELECT * FROM job WHERE owner = @owner AND recorded IS NOT NULL AND id < @before {(name is null ? "" : Holds)}
                ORDER BY id DESC LIMIT @ReadAtOnce
                """,
                new { owner, before, name, ReadAtOnce },
                cancellation);
            foreach (var job in jobs)
            {
                yield return job;
                before = job.Id;
            }

            if (jobs.Count < ReadAtOnce)
            {
                yield break;
            }
        }
    }

    // Where only floors hold, what lies between is the workflow's, which is not known: the first floor stands for it.
    private async Task<PolicyJudge> JudgeAsync(
        string owner, HeldPolicies held, Dictionary<string, PolicyDocument> documents, Dictionary<string, PolicyJudge> judges, CancellationToken cancellation)
    {
        // A name has no line feed.
        var key = string.Join('\n', held.Floors.Prepend(held.Policy));
        if (!judges.TryGetValue(key, out var judge))
        {
            var document = await DocumentAsync(owner, held.Policy ?? held.Floors[0], documents, cancellation);
            foreach (var name in held.Floors)
            {
                var floor = await DocumentAsync(owner, name, documents, cancellation);
                document = new PolicyFloor(floor).Apply(document, out _);
            }

            judges[key] = judge = new PolicyJudge(document, new CompileContext());
        }

        return judge;
    }

    private async Task<PolicyDocument> DocumentAsync(
        string owner, string name, Dictionary<string, PolicyDocument> documents, CancellationToken cancellation)
    {
        if (!documents.TryGetValue(name, out var document))
        {
            var row = await policies.FindAsync(owner, name, null, cancellation);
            // What is saved was read without a mistake.
            documents[name] = document = PolicyReader.Read(PolicySource.File(name, Encoding.UTF8.GetBytes(row!.Text))).Document!;
        }

        return document;
    }

    private static PreviewRow Judged(PolicyJudge judge, JobRow job, ReportDocument report)
    {
        var said = Requests(report).Select(asked => (asked.Text, judge.Judge(asked.Request).Verdict)).Distinct().ToList();
        return new PreviewRow(
            job,
            [.. said.Where(one => one.Verdict == JudgeVerdict.Refused).Select(one => one.Text)],
            [.. said.Where(one => one.Verdict == JudgeVerdict.Observed).Select(one => one.Text)]);
    }

    private static IEnumerable<(string Text, JudgeRequest Request)> Requests(ReportDocument report)
    {
        var executables = report.Processes.DistinctBy(process => process.Id).ToDictionary(process => process.Id, process => process.Exe);
        var steps = report.Steps.DistinctBy(step => step.Id)
            .ToDictionary(step => step.Id, step => new StepIdentity(step.Id, step.Name, step.Action), StringComparer.Ordinal);
        JudgeRequest By(string? step, string? process) => new()
        {
            Step = step is null ? null : steps.GetValueOrDefault(step),
            Exe = process is null ? null : executables.GetValueOrDefault(process),
        };
        foreach (var connection in report.Connections.Where(SeenDestinations.IsEgress))
        {
            yield return ($"{connection.Protocol}://{connection.Destination}:{connection.Port}", By(connection.Step, connection.Process) with
            {
                Name = HostName.TryCanonicalize(connection.Destination, out var name, out _) ? name : null,
                Address = IPAddress.TryParse(connection.Address, out var address) ? address : null,
                Protocol = Protocols.GetValueOrDefault(connection.Protocol),
                Port = connection.Port,
            });
        }

        foreach (var question in report.Dns)
        {
            yield return ($"dns://{question.Name}", By(question.Step, question.Process) with
            {
                IsQuestion = true,
                Name = HostName.TryCanonicalize(question.Name, out var name, out _) ? name : null,
            });
        }
    }
}
