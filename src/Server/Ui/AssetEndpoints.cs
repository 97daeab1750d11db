using Microsoft.Net.Http.Headers;

namespace Sallyport.Server.Ui;

/// <summary><c>/assets/…</c>: the same for everybody, kept by the browser as long as the address names the version.</summary>
internal static class AssetEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/assets/{name}", Get).AllowAnonymous().ExcludeFromDescription();

    private static IResult Get(string name, string? v, HttpContext context, Assets assets)
    {
        if (assets.Find(name) is not { } asset)
        {
            return TypedResults.NotFound();
        }

        var headers = context.Response.Headers;
        headers.Vary = "Accept-Encoding";
        headers.CacheControl = v is not null && asset.Digest.StartsWith(v, StringComparison.Ordinal) && v.Length >= 16
            ? "public, max-age=31536000, immutable"
            : "public, no-cache";
        var isPacked = context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        if (isPacked)
        {
            headers.ContentEncoding = "gzip";
        }

        var tag = new EntityTagHeaderValue($"\"{asset.Digest[..32]}{(isPacked ? "-gz" : "")}\"");
        return TypedResults.Bytes(isPacked ? asset.Packed : asset.Bytes, asset.Type, entityTag: tag);
    }
}
