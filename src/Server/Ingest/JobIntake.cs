using Sallyport.Protocol.Ingest;
using Sallyport.Server.Access;
using Sallyport.Server.Configuration;
using Sallyport.Server.Insights;
using Sallyport.Server.Insights.Lists;
using Sallyport.Server.Store;
using Sallyport.Server.Work;

namespace Sallyport.Server.Ingest;

/// <summary>Registers jobs and ends them.</summary>
internal sealed class JobIntake(Database database, WorkQueue work, ServerKeys keys, ServerSettings settings, TimeProvider time)
{
    private const long HourMs = 3_600_000;

    // More than the server takes may have been recorded: how much did not come is told.
    private const int MaximumAnnounced = int.MaxValue;

    /// <summary>Registers a job, or finds it again.</summary>
    public async Task<(JobRegistered? Job, IngestFailure? Failure)> RegisterAsync(
        JobRegistration asked, Caller caller, CancellationToken cancellation)
    {
        if (RegistrationCheck.Find(asked, caller) is { } failure)
        {
            return (null, failure);
        }

        var now = time.GetUtcNow();
        var nowMs = now.ToUnixTimeMilliseconds();
        var identity = RegistrationCheck.Identity(asked, caller.Owner);
        var found = await database.WriteAsync(
            async write =>
            {
                var registered = await write.OneAsync<string>("SELECT id FROM job WHERE identity = @identity", new { identity });
                if (registered is not null)
                {
                    return registered;
                }

                var recent = await write.OneAsync<long>(
                    "SELECT COUNT(*) FROM job WHERE id >= @since AND credential = @Credential",
                    new { caller.Credential, since = JobTime.IdAt(nowMs - HourMs) });
                if (recent >= settings.Limits.CredentialJobsPerHour)
                {
                    return null;
                }

                await write.ExecuteAsync(
                    "INSERT INTO owner (name, created_ms) VALUES (@Owner, @nowMs) ON CONFLICT (name) DO NOTHING",
                    new { Owner = caller.Owner.ToLowerInvariant(), nowMs });
                await write.ExecuteAsync(Insert, Row(asked, caller, identity, now));
                return await write.OneAsync<string>("SELECT id FROM job WHERE identity = @identity", new { identity });
            },
            cancellation);
        if (found is null)
        {
            return (null, new(429, $"{settings.Limits.CredentialJobsPerHour} jobs were registered with this credential within an hour."));
        }

        var next = await NextSegmentAsync(found, cancellation);
        var page = new Uri(settings.PublicUrl, $"jobs/{found}");
        return (new JobRegistered(found, await keys.UploadTokenAsync(found, cancellation), page, next), null);
    }

    /// <summary>Ends a job: what came is folded. Of a recording that is whole it changes nothing.</summary>
    public async Task<(JobEnded? Job, IngestFailure? Failure)> EndAsync(string job, JobEnd end, CancellationToken cancellation)
    {
        if (end.Segments is < 0 or > MaximumAnnounced || end.Undelivered is < 0 or > MaximumAnnounced)
        {
            return (null, new(400, $"'segments' and 'undelivered' are counts from 0 to {MaximumAnnounced}."));
        }

        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        long? there = await database.WriteAsync(
            async write =>
            {
                var isThere = await write.ExecuteAsync(
                    """
                    UPDATE job SET state = @state, last_heard_ms = @nowMs,
                        announced_segments = CASE WHEN recorded = @Joined THEN announced_segments ELSE @Segments END,
                        undelivered = CASE WHEN recorded = @Joined THEN undelivered ELSE @Undelivered END
                    WHERE id = @job
                    """,
                    new { state = JobState.Ended, end.Segments, end.Undelivered, nowMs, job, FinishJob.Joined });
                if (isThere == 0)
                {
                    return (long?)null;
                }

                await work.AddAsync(write, WorkKind.Finish, job, nowMs);
                return await write.OneAsync<long>("SELECT segments FROM job WHERE id = @job", new { job });
            },
            cancellation);
        if (there is null)
        {
            return (null, new(404, "There is no such job."));
        }

        work.Wake();
        return (new JobEnded(JobState.Ended, Math.Max(0, end.Segments - there.Value)), null);
    }

    private async Task<long> NextSegmentAsync(string job, CancellationToken cancellation) =>
        await database.OneAsync<long>(
            """
            SELECT COALESCE(MIN(number), 0) + 1 FROM segment a WHERE a.job = @job
              AND NOT EXISTS (SELECT 1 FROM segment b WHERE b.job = a.job AND b.number = a.number + 1)
              AND EXISTS (SELECT 1 FROM segment c WHERE c.job = a.job AND c.number = 1)
            """,
            new { job },
            cancellation);

    private static object Row(JobRegistration asked, Caller caller, string identity, DateTimeOffset now) => new
    {
        Id = Secrets.NewId(now),
        identity,
        Owner = caller.Owner.ToLowerInvariant(),
        Repository = RegistrationCheck.RepositoryOf(asked),
        Workflow = caller.Workflow ?? asked.Workflow ?? "",
        Name = asked.Job,
        DisplayName = asked.JobName ?? asked.Job,
        Matrix = RegistrationCheck.MatrixText(asked),
        asked.RunId,
        asked.RunAttempt,
        asked.Sha,
        asked.Ref,
        EventName = caller.EventName ?? asked.EventName,
        asked.Actor,
        Runner = asked.Runner ?? "",
        asked.RunnerEnvironment,
        asked.AgentVersion,
        asked.PolicyVersion,
        caller.Credential,
        State = JobState.Waiting,
        Chain = ChainState.Open,
        NowMs = now.ToUnixTimeMilliseconds(),
    };

    private const string Insert =
        """
        INSERT INTO job (id, identity, owner, repository, workflow, name, display_name, matrix, run_id, run_attempt, sha, ref,
            event_name, actor, runner, runner_environment, agent_version, policy_version, credential, state, registered_ms,
            last_heard_ms, segments, bytes, events, chain)
        VALUES (@Id, @identity, @Owner, @Repository, @Workflow, @Name, @DisplayName, @Matrix, @RunId, @RunAttempt, @Sha, @Ref,
            @EventName, @Actor, @Runner, @RunnerEnvironment, @AgentVersion, @PolicyVersion, @Credential, @State, @NowMs,
            @NowMs, 0, 0, 0, @Chain)
        ON CONFLICT (identity) DO NOTHING
        """;
}
