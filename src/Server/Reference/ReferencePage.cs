using System.Collections.Immutable;
using System.Reflection;

namespace Sallyport.Server.Reference;

/// <summary>
/// The description at /api/v1/openapi.json, and a page to try it at /api/v1: made in the browser from that description, by a
/// script of this server alone.
/// </summary>
internal static class ReferencePage
{
    // Nothing from elsewhere, nothing inline; requests go to this server.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly ImmutableDictionary<string, string> Types = ImmutableDictionary.CreateRange(
        StringComparer.Ordinal,
        [
            KeyValuePair.Create("reference.html", "text/html; charset=utf-8"),
            KeyValuePair.Create("reference.js", "text/javascript; charset=utf-8"),
            KeyValuePair.Create("reference.css", "text/css; charset=utf-8"),
        ]);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/api/{documentName}/openapi.json");
        routes.MapGet("/api/v1", context => SendAsync(context, "reference.html")).ExcludeFromDescription();
        foreach (var name in Types.Keys.Where(name => name != "reference.html"))
        {
            routes.MapGet($"/api/v1/{name}", context => SendAsync(context, name)).ExcludeFromDescription();
        }
    }

    private static async Task SendAsync(HttpContext context, string name)
    {
        context.Response.ContentType = Types[name];
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        await using var asset = Assembly.GetExecutingAssembly().GetManifestResourceStream($"reference/{name}")!;
        await asset.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
