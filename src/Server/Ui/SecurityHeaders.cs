using Sallyport.Server.Configuration;

namespace Sallyport.Server.Ui;

/// <summary>
/// What a browser may do with an answer: load scripts, styles and data from this server alone, and be framed by nobody
/// (Content Security Policy Level 3). An endpoint that needs another policy sets its own.
/// </summary>
internal static class SecurityHeaders
{
    public const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
        + "frame-ancestors 'none'; base-uri 'none'";

    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(Add, context);
        return next(context);
    }

    private static Task Add(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        if (headers.ContentSecurityPolicy.Count == 0)
        {
            headers.ContentSecurityPolicy = Policy;
        }

        headers.XContentTypeOptions = "nosniff";
        headers.TryAdd("Referrer-Policy", "same-origin");
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        if (context.Request.IsHttps || context.RequestServices.GetRequiredService<ServerSettings>().PublicUrl.Scheme == "https")
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }

        // What a person sees stays with them: no shared cache keeps it, and a page that is left is asked for anew.
        if (headers.CacheControl.Count == 0)
        {
            headers.CacheControl = "private, no-cache";
        }

        return Task.CompletedTask;
    }
}
