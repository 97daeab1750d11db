namespace Sallyport.Demo.World;

/// <summary>The attacker's end: whatever is sent to it, by any path, over TLS or in the clear, has arrived.</summary>
internal static class Collector
{
    internal const int CleartextPort = 8080;

    internal static WebApplication Create(CertificateAuthority authority, ArrivalLog arrivals)
    {
        WebApplication site = Site.Create(
            authority, WorldAddresses.CollectorName, WorldAddresses.Collector, [CleartextPort]);
        site.MapFallback(async (HttpRequest request) =>
        {
            using var body = new StreamReader(request.Body);
            arrivals.Write(request.Scheme, $"{request.Path}{request.QueryString} {await body.ReadToEndAsync()}");
            return Results.NoContent();
        });
        return site;
    }
}
