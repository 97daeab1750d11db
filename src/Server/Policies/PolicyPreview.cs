using System.Net;
using System.Text;
using Dapper;
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
internal sealed class PolicyPreview(Database database, PolicyStore policies, Reports reports, TimeProvider time)
{
    /// <summary>Runs whose jobs are judged; each attempt is one.</summary>
    public const int Runs = 50;

    /// <summary>Of them together: a matrix has up to 256 in one run.</summary>
    public const int MaximumJobs = 200;

    // Jobs of a run begin at different times: so many of earlier runs are passed over for more of the last.
    private const int PassedOver = 500;

    /// <summary>For finding the jobs; judging them is not in it.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(5);

    // Jobs of the organisation that one question is about, at first, and at most: each is about twice as many as the one before.
    private const int FirstWindow = 500;
    private const int LastWindow = 8_000;

    // Beyond, a question would be longer than a database takes; HeldPolicies says it then.
    private const int MaximumPlaces = 100;

    private static readonly Dictionary<string, int> Protocols = new(StringComparer.Ordinal) { ["tcp"] = 6, ["udp"] = 17, ["icmp"] = 1 };

    /// <summary>
    /// The jobs of the latest runs that the policy would hold for: by where it is attached, as policy or as floor; all of the organisation's when it is
    /// attached nowhere.
    /// </summary>
    /// <param name="owner">Organisation.</param>
    /// <param name="name">Of the policy.</param>
    /// <param name="policy">In the stead of the latest version of that name.</param>
    /// <param name="cancellation">Of who asks.</param>
    /// <exception cref="TimeoutException">Other reports were read for too long.</exception>
    public async Task<PreviewAnswer> RunAsync(string owner, string name, PolicyDocument policy, CancellationToken cancellation)
    {
        var places = await policies.BindingsAsync(owner, cancellation);
        var own = places.FindAll(place => place.Policy == name);
        var documents = new Dictionary<string, PolicyDocument>(StringComparer.Ordinal) { [name] = policy };
        var judges = new Dictionary<string, PolicyJudge>(StringComparer.Ordinal);
        var (rows, runs) = (new List<PreviewRow>(), new HashSet<(string, string, int)>());
        var passed = 0;
        long? untilMs = null;
        HeldPolicies? HeldOf(JobRow job)
        {
            var held = HeldPolicies.Of(places, job.Repository, job.Workflow, job.Name);
            held = own.Count > 0 ? held : held with { Policy = name };
            return held.Policy == name || held.Floors.Contains(name) ? held : null;
        }

        await foreach (var (job, held) in LatestAsync(owner, own, HeldOf, ms => untilMs = ms, cancellation))
        {
            var run = (job.Repository, job.RunId, job.RunAttempt);
            if (runs.Count == Runs && !runs.Contains(run))
            {
                if (++passed == PassedOver)
                {
                    break;
                }

                continue;
            }

            if (rows.Count == MaximumJobs)
            {
                return new PreviewAnswer(rows, runs.Count, job.RegisteredMs, IsCut: true);
            }

            var judge = await JudgeAsync(owner, held, documents, judges, cancellation);
            try
            {
                if (await reports.UseAsync(job, report => Task.FromResult(Judged(judge, job, report)), cancellation) is { } row)
                {
                    rows.Add(row);
                    runs.Add(run);
                }
            }
            catch (ReportTooLargeException e)
            {
                rows.Add(new PreviewRow(job, [], [], e.Message));
                runs.Add(run);
            }
        }

        return new PreviewAnswer(rows, runs.Count, untilMs);
    }

    // The latest first, by the index of an organisation's jobs; where time is up before all were looked at, says until when they were.
    private async IAsyncEnumerable<(JobRow Job, HeldPolicies Held)> LatestAsync(
        string owner, List<BindingRow> own, Func<JobRow, HeldPolicies?> heldOf, Action<long> stopped,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var values = new DynamicParameters(new { owner });
        var condition = own.Count is 0 or > MaximumPlaces ? "1 = 1" : string.Join(" OR ", own.Select((place, number) => Covers(place, number, values)));
        var (beforeMs, window, spent) = (long.MaxValue, FirstWindow, TimeSpan.Zero);
        while (true)
        {
            var begun = time.GetTimestamp();
            values.AddDynamicParams(new { beforeMs, window });
            var fromMs = await database.OneAsync<long?>(
                """
                SELECT MIN(registered_ms) FROM (
                    SELECT registered_ms FROM job WHERE owner = @owner AND registered_ms < @beforeMs ORDER BY registered_ms DESC LIMIT @window) AS latest
                """,
                values,
                cancellation);
            if (fromMs is null)
            {
                yield break;
            }

            if (spent > TimeLimit)
            {
                stopped(beforeMs);
                yield break;
            }

            values.Add("fromMs", fromMs);
            var jobs = await database.ListAsync<JobRow>(
                $"""
                SELECT * FROM job WHERE owner = @owner AND registered_ms >= @fromMs AND registered_ms < @beforeMs AND recorded IS NOT NULL AND ({condition})
                ORDER BY registered_ms DESC, id DESC
                """,
                values,
                cancellation);
            var found = jobs.Select(job => (job, Held: heldOf(job))).Where(one => one.Held is not null).ToList();
            spent += time.GetElapsedTime(begun);
            foreach (var (job, held) in found)
            {
                yield return (job, held!);
            }

            (beforeMs, window) = (fromMs.Value, Math.Min(window * 2, LastWindow));
        }
    }

    // As HeldPolicies has it, or more: how a database compares other letters than those of ASCII is its own.
    private static string Covers(BindingRow place, int number, DynamicParameters values)
    {
        var conditions = new List<string>();
        foreach (var (column, pattern) in new[] { ("repository", place.Repository), ("workflow", place.Workflow), ("name", place.JobName) })
        {
            if (pattern.Length > 0 && Ascii.IsValid(pattern))
            {
                values.Add($"{column}{number}", pattern);
                conditions.Add($"LOWER({column}) = LOWER(@{column}{number})");
            }
        }

        return conditions.Count == 0 ? "1 = 1" : $"({string.Join(" AND ", conditions)})";
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
