using Microsoft.AspNetCore.Http.HttpResults;
using Sallyport.Protocol.Ingest;
using Sallyport.Server.Access;

namespace Sallyport.Server.Operations;

/// <summary>Counts what agents were answered.</summary>
internal sealed class IngestMeter(ServerMetrics metrics) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        object? result;
        try
        {
            result = await next(context);
        }
        catch (KeysAwayException)
        {
            metrics.Refused(Reason(StatusCodes.Status503ServiceUnavailable));
            throw;
        }

        switch (result)
        {
            case JsonHttpResult<SegmentAccepted> { Value: { } segment }:
                metrics.Accepted(context.HttpContext.Request.ContentLength ?? 0, segment.Events);
                break;
            case ProblemHttpResult problem:
                metrics.Refused(Reason(problem.StatusCode));
                break;
            default:
                break;
        }

        return result;
    }

    private static string Reason(int status) => status switch
    {
        400 => "message",
        401 => "credential",
        403 => "not-allowed",
        404 => "no-such-job",
        409 => "other-bytes",
        413 => "too-large",
        422 => "no-segment",
        429 => "too-many",
        503 => "keys-away",
        _ => "other",
    };
}
