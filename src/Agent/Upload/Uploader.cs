using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Sallyport.Protocol.Ingest;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Upload;

/// <summary>
/// Sends a recording while it grows: registers the job, puts each segment, and says the end. The file is the queue: what could not be
/// sent is read again. It waits longer after each failure and gives up when it is told to; what it did not deliver is counted.
/// </summary>
internal sealed class Uploader(UploadTarget target, RecordedIdentity identity, CurlClient http, TimeProvider clock, Func<TimeSpan, bool> pause)
{
    /// <summary>Segments in memory at once.</summary>
    private const int MaximumTogether = CurlClient.MaximumTogether;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>How often a job in which nothing happens is said to be there; a server takes it for lost after half an hour of silence.</summary>
    internal static readonly TimeSpan Quiet = TimeSpan.FromMinutes(5);

    private RecordingSegment? last;
    private long spokenAt;
    private JobRegistered? job;
    private TimeSpan wait = Shortest;
    private TimeSpan asked;
    private int refusal;
    private readonly Queue<RecordingSegment> waiting = new();

    /// <summary>Page of the job; null until it is registered.</summary>
    internal Uri? Page => job?.Url;

    /// <summary>Segments that the server has.</summary>
    internal long Delivered { get; private set; }

    /// <summary>Why the last request failed; null when it did not.</summary>
    internal string? Failure { get; private set; }

    /// <summary>Whether the server will not have it, so that trying again is no use.</summary>
    internal bool IsRefused { get; private set; }

    /// <summary>
    /// Sends until the recording has ended, or <paramref name="isOver"/> says that nothing more will be written, or the pause
    /// says that it is time to give up.
    /// </summary>
    /// <returns>Segments that were not delivered.</returns>
    internal long Run(RecordingTail tail, Func<bool> isOver)
    {
        while (!IsRefused)
        {
            var over = isOver();
            Fill(tail);
            if (waiting.Count == 0 && (tail.HasEnded || tail.Mistake is not null || over))
            {
                return End(tail);
            }

            if (waiting.Count > 0 && (job is not null || Register(tail, over || tail.HasEnded)) && Put())
            {
                continue;
            }

            if (waiting.Count == 0)
            {
                SayThatItGoesOn();
            }

            if (IsRefused || !Wait())
            {
                break;
            }
        }

        // The server will have no more of the segments, and the job goes on: its end is said when it is there.
        while (IsRefused && HasJobAllTheSame && !(tail.HasEnded || tail.Mistake is not null || isOver()) && pause(Shortest))
        {
            ReadAll(tail);
            SayThatItGoesOn();
        }

        return End(tail);
    }

    /// <summary>
    /// Sends the last segment again, which every server answers as it did before. What comes of it is not asked: if nobody answers, the next
    /// segment finds that out.
    /// </summary>
    private void SayThatItGoesOn()
    {
        if (last is not null && clock.GetElapsedTime(spokenAt) >= Quiet)
        {
            _ = http.Send([Exchange(last)]);
            spokenAt = clock.GetTimestamp();
        }
    }

    /// <summary>Longer after each failure, and as long as the server asks for at least.</summary>
    private bool Wait()
    {
        if (Failure is null)
        {
            return pause(Shortest);
        }

        var time = asked > wait ? asked : wait;
        wait = TimeSpan.FromTicks(Math.Min(Longest.Ticks, wait.Ticks * 2));
        return pause(time);
    }

    private void Fill(RecordingTail tail)
    {
        while (waiting.Count < MaximumTogether && tail.TryNext() is { } segment)
        {
            waiting.Enqueue(segment);
        }
    }

    /// <summary>A job of a runner is registered when the recording has named it, or when it cannot any more.</summary>
    private bool Register(RecordingTail tail, bool atLast)
    {
        if (identity.Registration(tail, atLast) is not { } registration)
        {
            return false;
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(registration, IngestJson.Default.JobRegistration);
        var answer = http.Send([new("POST", target.AddressOf("api/v1/jobs"), target.Credential, "application/json", body, [])])[0];
        if (!IsTaken(answer))
        {
            return false;
        }

        job = Answers.TryRead(answer.Body, IngestJson.Default.JobRegistered);
        if (job is null || !UploadTarget.IsCredential(job.UploadToken) || !job.JobKey.All(char.IsAsciiLetterOrDigit))
        {
            job = null;
            Refuse("the server's answer is not one of Sallyport's");
            return false;
        }

        return true;
    }

    private bool Put()
    {
        // One to see whether it is well again: a server in trouble is spared the rest.
        var segments = waiting.Take(Failure is null ? MaximumTogether : 1).ToArray();
        var answers = http.Send([.. segments.Select(Exchange)]);
        var taken = answers.TakeWhile(IsTaken).Count();
        for (var i = 0; i < taken; i++)
        {
            (last, spokenAt) = (waiting.Dequeue(), clock.GetTimestamp());
        }

        // 409 is another recording under this name; 413 more than the server takes; 422 a seal that does not fit. What was sent
        // with it and taken is there all the same.
        Delivered += IsRefused ? answers.Count(answer => answer.IsSuccess) : taken;
        return taken == answers.Count;
    }

    private HttpExchange Exchange(RecordingSegment segment) => new(
        "PUT",
        target.AddressOf(string.Create(CultureInfo.InvariantCulture, $"api/v1/jobs/{job!.JobKey}/segments/{segment.Number}")),
        job.UploadToken,
        "application/zstd",
        segment.Packed,
        segment.Number == 1 ? [] : [new(IngestLimits.PreviousSealHeader, segment.PreviousSeal)]);

    private long End(RecordingTail tail)
    {
        ReadAll(tail);
        var undelivered = tail.Segments - Delivered;
        if (job is null || (IsRefused && !HasJobAllTheSame))
        {
            return undelivered;
        }

        // A segment that it will not have is no reason for the job to be waited for.
        var why = Failure;
        IsRefused = false;
        var body = JsonSerializer.SerializeToUtf8Bytes(new JobEnd(tail.Segments, undelivered), IngestJson.Default.JobEnd);
        var end = new HttpExchange("POST", target.AddressOf($"api/v1/jobs/{job.JobKey}/end"), job.UploadToken, "application/json", body, []);
        while (!IsTaken(http.Send([end])[0]) && !IsRefused && Wait())
        {
        }

        Failure ??= undelivered > 0 ? why : null;
        return undelivered;
    }

    /// <summary>413 and 422 are about a segment.</summary>
    private bool HasJobAllTheSame => refusal is 413 or 422;

    /// <summary>What is there and was not read to be sent is not delivered either.</summary>
    private static void ReadAll(RecordingTail tail)
    {
        while (tail.TryNext() is not null)
        {
        }
    }

    private bool IsTaken(HttpAnswer answer)
    {
        if (answer.IsSuccess)
        {
            Failure = null;
            wait = Shortest;
            asked = TimeSpan.Zero;
            return true;
        }

        Failure = answer.Why ?? string.Create(CultureInfo.InvariantCulture, $"HTTP {answer.Status} {TitleOf(answer.Body)}").TrimEnd();
        IsRefused = !answer.IsWorthAgain;
        refusal = answer.Status;
        asked = answer.RetryAfter ?? TimeSpan.Zero;
        return false;
    }

    private void Refuse(string why) => (Failure, IsRefused) = (why, true);

    /// <summary>What the server says is wrong, as RFC 9457 has it; printable and short.</summary>
    private static string TitleOf(byte[] body)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("title"u8) && reader.Read()
                    && reader.TokenType == JsonTokenType.String)
                {
                    return Commands.Printable.Line(reader.GetString() ?? "");
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A proxy's page, say: the number says enough.
        }

        return "";
    }
}
