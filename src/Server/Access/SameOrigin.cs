using Microsoft.AspNetCore.Mvc;

namespace Sallyport.Server.Access;

/// <summary>
/// Refuses what a page of another origin makes a browser send with the session of who looks at it: by Sec-Fetch-Site (W3C Fetch Metadata), and
/// by Origin (RFC 6454 section 7) where a browser sends that alone. Programs send neither. The cookie's SameSite does not do: names below one
/// domain are one site, and so are all ports of a host.
/// </summary>
internal static class SameOrigin
{
    public static async ValueTask<object?> CheckAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        IsSame(context.HttpContext.Request)
            ? await next(context)
            : TypedResults.Problem(new ProblemDetails { Status = 403, Title = "It comes from a page of another origin." });

    private static bool IsSame(HttpRequest request) => request.Headers["Sec-Fetch-Site"].ToString() switch
    {
        "" => request.Headers.Origin.ToString() is not { Length: > 0 } origin
            || (Uri.TryCreate(origin, UriKind.Absolute, out var from)
                && string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)),
        "same-origin" or "none" => true,
        _ => false,
    };
}
