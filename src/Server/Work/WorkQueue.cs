using Sallyport.Server.Access;
using Sallyport.Server.Configuration;
using Sallyport.Server.Store;

namespace Sallyport.Server.Work;

/// <summary>
/// Work in the database. Somebody, here or in another replica, claims a piece for <see cref="ClaimTime"/> and keeps claiming while it works; when it dies,
/// another takes it. What is done may therefore be done twice, and every kind of work bears that.
/// </summary>
internal sealed class WorkQueue(Database database, ServerSettings settings, TimeProvider time) : IDisposable
{
    private long lastLookMs = time.GetUtcNow().ToUnixTimeMilliseconds();

    private readonly string replica = Secrets.NewId(time.GetUtcNow());

    private long claims;

    // Of those who wait one is woken; a wake that nobody waits for is not lost.
    private readonly SemaphoreSlim wake = new(0, 1);

    /// <summary>How long a claim holds when nobody renews it.</summary>
    public TimeSpan ClaimTime { get; } = TimeSpan.FromSeconds(settings.Limits.ClaimSeconds);

    /// <summary>
    /// Puts work in, within a transaction; the same work twice is one. Who is at it already began without what is new: it loses its
    /// claim, and the work is done again.
    /// </summary>
    public Task AddAsync(WriteScope write, string kind, string subject, long dueMs) => write.ExecuteAsync(
        """
        INSERT INTO work (id, kind, subject, due_ms, attempts) VALUES (@id, @kind, @subject, @dueMs, 0)
        ON CONFLICT (kind, subject) DO UPDATE SET claimed_by = NULL, claimed_until_ms = NULL, attempts = 0, due_ms = excluded.due_ms
        """,
        new { id = Secrets.NewId(time.GetUtcNow()), kind, subject, dueMs });

    /// <summary>Puts in work that is due at once, and may come again and again, where it is not in yet: an earlier start, or another replica, may be at it.</summary>
    public Task EnsureAsync(string kind, string subject, CancellationToken cancellation) => database.ExecuteAsync(
        """
        INSERT INTO work (id, kind, subject, due_ms, attempts) VALUES (@id, @kind, @subject, @nowMs, 0)
        ON CONFLICT (kind, subject) DO NOTHING
        """,
        new { id = Secrets.NewId(time.GetUtcNow()), kind, subject, nowMs = time.GetUtcNow().ToUnixTimeMilliseconds() },
        cancellation);

    /// <summary>When this replica last looked for work, in milliseconds since 1970.</summary>
    public long LastLookMs => Interlocked.Read(ref lastLookMs);

    /// <summary>Says that there is work now.</summary>
    public void Wake()
    {
        try
        {
            wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
    }

    /// <summary>Waits until there may be work.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellation) => wake.WaitAsync(atMost, cancellation);

    /// <summary>
    /// Claims the piece that is due first; null when none is. What nobody gave back, because it took its replica along, is claimed
    /// later each time, as what failed is.
    /// </summary>
    /// <param name="kinds">That the claimer can do: a replica of a later version may have put in others, which are its own.</param>
    /// <param name="cancellation">Of who claims.</param>
    public async Task<WorkItem?> ClaimAsync(string[] kinds, CancellationToken cancellation)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var lockRow = database.Kind == DatabaseKind.PostgreSql ? "FOR UPDATE SKIP LOCKED" : "";
        var item = await database.WriteAsync(
            write => write.OneAsync<WorkItem>(
                $"""
                UPDATE work SET claimed_by = @claimant, claimed_until_ms = @until, attempts = attempts + 1
                WHERE id = (SELECT id FROM work WHERE due_ms <= @nowMs AND {database.Among("kind", "kinds")}
                    AND (claimed_until_ms IS NULL OR claimed_until_ms + CASE WHEN attempts < 60 THEN attempts * attempts * 1000 ELSE 3600000 END - 1000 < @nowMs)
                    ORDER BY due_ms LIMIT 1 {lockRow})
                RETURNING id, kind, subject, attempts, claimed_by
                """,
                new { claimant = $"{replica}/{Interlocked.Increment(ref claims)}", nowMs, kinds, until = nowMs + (long)ClaimTime.TotalMilliseconds }),
            cancellation);
        Interlocked.Exchange(ref lastLookMs, nowMs);
        return item;
    }

    /// <summary>Goes on holding it.</summary>
    /// <returns>False when another has it by now.</returns>
    public async Task<bool> KeepAsync(WorkItem item, CancellationToken cancellation) =>
        await database.ExecuteAsync(
            "UPDATE work SET claimed_until_ms = @until WHERE id = @Id AND claimed_by = @ClaimedBy",
            new { item.Id, item.ClaimedBy, until = time.GetUtcNow().ToUnixTimeMilliseconds() + (long)ClaimTime.TotalMilliseconds },
            cancellation) == 1;

    /// <summary>
    /// To be asked at the end of the transaction that enters what was done, after it changed what the work is about: whoever has the work
    /// now, or puts it in again, comes after.
    /// </summary>
    /// <exception cref="WorkTakenException">Another has it by now, or it is to be done again with what is new.</exception>
    public static async Task HoldAsync(WriteScope write, WorkItem item)
    {
        if (await write.OneAsync<string>("SELECT id FROM work WHERE id = @Id AND claimed_by = @ClaimedBy", item) is null)
        {
            throw new WorkTakenException();
        }
    }

    /// <summary>It is done.</summary>
    public Task DoneAsync(WorkItem item, CancellationToken cancellation) => database.ExecuteAsync(
        "DELETE FROM work WHERE id = @Id AND claimed_by = @ClaimedBy", item, cancellation);

    /// <summary>It is done, and due again after a pause.</summary>
    public Task RepeatAsync(WorkItem item, TimeSpan pause, CancellationToken cancellation) => database.ExecuteAsync(
        """
        UPDATE work SET claimed_by = NULL, claimed_until_ms = NULL, attempts = 0, mistake = NULL, due_ms = @due
        WHERE id = @Id AND claimed_by = @ClaimedBy
        """,
        new { item.Id, item.ClaimedBy, due = (time.GetUtcNow() + pause).ToUnixTimeMilliseconds() },
        cancellation);

    /// <summary>Gives it back, not done; who stops does not wait for anything else.</summary>
    public Task ReleaseAsync(WorkItem item) => database.ExecuteAsync(
        "UPDATE work SET claimed_by = NULL, claimed_until_ms = NULL WHERE id = @Id AND claimed_by = @ClaimedBy",
        item,
        CancellationToken.None);

    /// <summary>How much is due that nobody has claimed, since when the oldest, and how much has failed often.</summary>
    public async Task<WorkState> StateAsync(CancellationToken cancellation)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        return (await database.OneAsync<WorkState>(
            """
            SELECT COUNT(CASE WHEN due_ms <= @nowMs AND (claimed_until_ms IS NULL OR claimed_until_ms < @nowMs) THEN 1 END) AS due,
                MIN(CASE WHEN due_ms <= @nowMs AND (claimed_until_ms IS NULL OR claimed_until_ms < @nowMs) THEN due_ms END) AS oldest_due_ms,
                COUNT(CASE WHEN attempts >= @Often AND mistake IS NOT NULL THEN 1 END) AS failing
            FROM work
            """,
            new { nowMs, WorkState.Often },
            cancellation))!;
    }

    public void Dispose() => wake.Dispose();

    /// <summary>It failed, and is tried again later: after 1, 4, 9 … seconds, an hour at most.</summary>
    public Task FailedAsync(WorkItem item, string mistake, CancellationToken cancellation)
    {
        var delayMs = Math.Min(3_600_000L, 1000L * item.Attempts * item.Attempts);
        return database.ExecuteAsync(
            "UPDATE work SET claimed_by = NULL, claimed_until_ms = NULL, due_ms = @due, mistake = @mistake WHERE id = @Id AND claimed_by = @ClaimedBy",
            new { item.Id, item.ClaimedBy, mistake, due = time.GetUtcNow().ToUnixTimeMilliseconds() + delayMs },
            cancellation);
    }
}
