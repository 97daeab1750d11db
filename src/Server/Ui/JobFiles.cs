using System.Globalization;
using Microsoft.Net.Http.Headers;
using Sallyport.Protocol.Report;
using Sallyport.Reporting;
using Sallyport.Server.Access;
using Sallyport.Server.Configuration;
using Sallyport.Server.Insights;
using Sallyport.Server.Recordings;

namespace Sallyport.Server.Ui;

/// <summary>What the page of a job fetches, and what people take with them. A job of another owner is not there.</summary>
internal static class JobFiles
{
    public static void Map(IEndpointRouteBuilder jobs)
    {
        jobs.MapGet("/{id}/state", StateAsync);
        jobs.MapGet("/{id}/report.json", ReportAsync);
        jobs.MapGet("/{id}/report.{format}", RenderedAsync);
        jobs.MapGet("/{id}/recording.ndjson.zst", RecordingAsync);
    }

    private static async Task<IResult> StateAsync(string id, HttpContext context, Jobs jobs, CancellationToken cancellation) =>
        await jobs.FindAsync(id, Viewer.Of(context.User), cancellation) is { } job
            ? TypedResults.Json(JobProgress.Of(job))
            : TypedResults.NotFound();

    private static async Task ReportAsync(
        string id, HttpContext context, Jobs jobs, Reports reports, CancellationToken cancellation)
    {
        var (request, response) = (context.Request, context.Response);
        if (await jobs.FindAsync(id, Viewer.Of(context.User), cancellation) is not { Segments: > 0 } job)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var tag = $"\"{JobProgress.VersionOf(job)}\"";
        response.Headers.ETag = tag;
        response.Headers.Vary = "Accept-Encoding";
        if (request.Headers.IfNoneMatch.Contains(tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        // As it is kept, for a browser that unpacks it (RFC 8878): nothing is to be done here for 50,000 processes.
        response.ContentType = "application/json";
        if (AcceptsZstd(request) && await reports.OpenPackedAsync(job, cancellation) is { } packed)
        {
            await using (packed)
            {
                response.Headers.ContentEncoding = "zstd";
                await packed.CopyToAsync(response.Body, cancellation);
            }
        }
        else if (!await reports.WriteAsync(job, response.Body, cancellation))
        {
            response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    private static bool AcceptsZstd(HttpRequest request) => request.GetTypedHeaders().AcceptEncoding
        .Any(coding => coding.Value.Equals("zstd", StringComparison.OrdinalIgnoreCase) && coding.Quality is null or > 0);

    private static async Task<IResult> RenderedAsync(
        string id, string format, HttpContext context, Jobs jobs, Reports reports, ServerSettings settings, CancellationToken cancellation)
    {
        if (await jobs.FindAsync(id, Viewer.Of(context.User), cancellation) is not { } job || Renderer(format) is not var (type, render))
        {
            return TypedResults.NotFound();
        }

        try
        {
            // Whoever takes it slowly holds nothing in memory, and nobody up.
            var rendered = await reports.UseAsync(job, report => PassingFile.WriteAsync(settings.WorkFolder, render(report), cancellation), cancellation);
            return rendered is null ? TypedResults.NotFound() : TypedResults.File(rendered, type, $"{job.Id}.{format}");
        }
        catch (TimeoutException e)
        {
            context.Response.Headers.RetryAfter = ReportGate.Patience.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
            return TypedResults.Problem(statusCode: StatusCodes.Status503ServiceUnavailable, title: e.Message);
        }
        catch (ReportTooLargeException e)
        {
            return TypedResults.Problem(statusCode: StatusCodes.Status422UnprocessableEntity, title: e.Message);
        }
    }

    private static (string Type, Func<ReportDocument, string> Render)? Renderer(string format) => format switch
    {
        "sarif" => ("application/sarif+json", SarifRenderer.Render),
        "md" => ("text/markdown; charset=utf-8", MarkdownRenderer.Render),
        "ocsf.ndjson" => ("application/x-ndjson", OcsfRenderer.Render),
        "html" => ("text/html; charset=utf-8", HtmlRenderer.Render),
        "txt" => ("text/plain; charset=utf-8", report => TextRenderer.Render(report)),
        _ => null,
    };

    private static async Task RecordingAsync(
        string id, HttpContext context, Jobs jobs, IRecordingStore recordings, CancellationToken cancellation)
    {
        var response = context.Response;
        if (await jobs.FindAsync(id, Viewer.Of(context.User), cancellation) is not { Segments: > 0 } job)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        await using var download = await RecordingDownload.FindAsync(job, jobs, recordings, cancellation);
        if (download is null)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        response.Headers.ETag = download.EntityTag;
        if (context.Request.Headers.IfNoneMatch.Contains(download.EntityTag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = "application/zstd";
        response.ContentLength = download.Length;
        response.Headers.ContentDisposition =
            new ContentDispositionHeaderValue("attachment") { FileName = $"{job.Id}.ndjson.zst" }.ToString();
        if (!await download.TryCopyAsync(response.Body, cancellation))
        {
            // Less than was promised is no recording: whoever takes it must see that.
            context.Abort();
        }
    }
}
