using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Sallyport.Protocol.Ingest;
using Sallyport.Protocol.Recording;
using Sallyport.Server.Access;
using Sallyport.Server.Operations;

namespace Sallyport.Server.Ingest;

/// <summary>The interface for agents: register a job, put its segments, end it (CONTRACTS, Server API).</summary>
internal static class IngestEndpoints
{
    private const int RegistrationRetrySeconds = 60;
    private const int SegmentRetrySeconds = 1;

    // "1", CR, LF, the byte, CR, LF: what Kestrel counts of a body in chunks is all of it (RFC 9112 section 7.1).
    private const long ChunkedBytesOfOne = 6;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/jobs").WithTags("Ingest").AddEndpointFilter<RouteGroupBuilder, IngestMeter>();
        group.MapPost("", RegisterAsync)
            .WithName("registerJob")
            .WithSummary("Registers a job that is about to send its recording; the same registration gives the same job again.")
            .WithDescription("Bearer: an API key of scope agent, or the job's OpenID Connect token for audience sallyport:<server host>.")
            .Accepts<JobRegistration>("application/json")
            .Produces<JobRegistered>()
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(413).ProducesProblem(429).ProducesProblem(503);
        group.MapPut("/{jobKey}/segments/{number:long}", PutAsync)
            .WithName("putSegment")
            .WithSummary("Keeps one segment, a frame of the recording; durable and checked against its seal when it answers.")
            .WithDescription(
                $"Bearer: the uploadToken of the registration. Header {IngestLimits.PreviousSealHeader}: seal of the segment before, "
                + "so that segments may come in any order. The same bytes again are accepted, others are a conflict. "
                + $"429: the job has {IngestLimits.SegmentsAtOnce} segments under way, or the server as much as it takes.")
            .Accepts<byte[]>("application/zstd")
            .Produces<SegmentAccepted>()
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(404).ProducesProblem(409).ProducesProblem(413).ProducesProblem(422).ProducesProblem(429);
        group.MapPost("/{jobKey}/end", EndAsync)
            .WithName("endJob")
            .WithSummary("Says that nothing more will come.")
            .WithDescription("Bearer: the uploadToken of the registration.")
            .Accepts<JobEnd>("application/json")
            .Produces<JobEnded>()
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(404).ProducesProblem(413);
    }

    private static async Task<IResult> RegisterAsync(
        HttpContext context, JobIntake intake, CallerFinder callers, CancellationToken cancellation)
    {
        if (await callers.FindAsync(context.Request, cancellation) is not { } caller)
        {
            return Unauthorized(context);
        }

        var (asked, failure) = await ReadAsync(context, IngestJson.Default.JobRegistration, cancellation);
        if (asked is null)
        {
            return Problem(failure!);
        }

        var (job, refused) = await intake.RegisterAsync(asked, caller, cancellation);
        return job is null ? Problem(refused!, context) : TypedResults.Json(job, IngestJson.Default.JobRegistered);
    }

    private static async Task<IResult> PutAsync(
        string jobKey, long number, HttpContext context, SegmentIntake intake, SegmentGate gate, CallerFinder callers,
        CancellationToken cancellation)
    {
        if (!await callers.MayUploadAsync(context.Request, jobKey, cancellation))
        {
            return Unauthorized(context);
        }

        // One byte more than there may be tells what is too long.
        var size = (int)Math.Min(context.Request.ContentLength ?? long.MaxValue, SegmentReader.MaximumPackedBytes) + 1;
        if (gate.Enter(jobKey, size) is { } full)
        {
            return Problem(full, context, SegmentRetrySeconds);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            var (count, broken) = await ReadBodyAsync(context, buffer, size - 1, SegmentReader.MaximumPackedBytes, cancellation);
            if (broken is not null)
            {
                return Problem(broken);
            }

            var previous = context.Request.Headers[IngestLimits.PreviousSealHeader].ToString() is { Length: > 0 } header ? header : null;
            var (segment, failure) = await intake.PutAsync(jobKey, number, previous, buffer, count, cancellation);
            return segment is null ? Problem(failure!) : TypedResults.Json(segment, IngestJson.Default.SegmentAccepted);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            gate.Leave(jobKey, size);
        }
    }

    private static async Task<IResult> EndAsync(
        string jobKey, HttpContext context, JobIntake intake, CallerFinder callers, CancellationToken cancellation)
    {
        if (!await callers.MayUploadAsync(context.Request, jobKey, cancellation))
        {
            return Unauthorized(context);
        }

        var (end, failure) = await ReadAsync(context, IngestJson.Default.JobEnd, cancellation);
        if (end is null)
        {
            return Problem(failure!);
        }

        var (job, refused) = await intake.EndAsync(jobKey, end, cancellation);
        return job is null ? Problem(refused!) : TypedResults.Json(job, IngestJson.Default.JobEnded);
    }

    private static async Task<(T? Message, IngestFailure? Failure)> ReadAsync<T>(
        HttpContext context, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        var buffer = ArrayPool<byte>.Shared.Rent(IngestLimits.MessageBytes + 1);
        try
        {
            var (count, broken) = await ReadBodyAsync(context, buffer, IngestLimits.MessageBytes, IngestLimits.MessageBytes, cancellation);
            if (broken is not null)
            {
                return (null, broken);
            }

            return JsonSerializer.Deserialize(buffer.AsSpan(0, count), type) is { } message
                ? (message, null)
                : (null, new(400, "The message is null."));
        }
        catch (JsonException e)
        {
            return (null, new(400, "The message is not the JSON that is expected.", $"{e.Path}: line {e.LineNumber + 1}, byte {e.BytePositionInLine}"));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // The buffer has room for one byte more than the length: no more is read, whatever Content-Length says or does not say.
    private static async Task<(int Count, IngestFailure? Failure)> ReadBodyAsync(
        HttpContext context, byte[] buffer, int length, int bound, CancellationToken cancellation)
    {
        var tooLarge = new IngestFailure(413, $"The body has at most {bound} bytes.");
        if (context.Request.ContentLength > bound)
        {
            return (0, tooLarge);
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = ChunkedBytesOfOne * (bound + 1L);
        }

        try
        {
            var count = await context.Request.Body.ReadAtLeastAsync(
                buffer.AsMemory(0, length + 1), length + 1, throwOnEndOfStream: false, cancellation);
            return count > length ? (0, tooLarge) : (count, null);
        }
        catch (BadHttpRequestException e)
        {
            return (0, e.StatusCode == 413 ? tooLarge : new(e.StatusCode, "The body is not as its length or its chunks say.", e.Message));
        }
        catch (IOException e)
        {
            // The sender has gone away, and hears nothing of this.
            return (0, new(400, "The body ends early.", e.Message));
        }
    }

    private static ProblemHttpResult Unauthorized(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return TypedResults.Problem(new ProblemDetails { Status = 401, Title = "The credential is missing, not valid, or not for this." });
    }

    private static ProblemHttpResult Problem(IngestFailure failure, HttpContext? context = null, int retrySeconds = RegistrationRetrySeconds)
    {
        if (failure.Status == 429)
        {
            context?.Response.Headers.RetryAfter = retrySeconds.ToString(CultureInfo.InvariantCulture);
        }

        return TypedResults.Problem(new ProblemDetails { Status = failure.Status, Title = failure.Title, Detail = failure.Detail });
    }
}
