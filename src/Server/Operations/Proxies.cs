using Microsoft.AspNetCore.HttpOverrides;
using Sallyport.Server.Configuration;

namespace Sallyport.Server.Operations;

/// <summary>
/// Behind a reverse proxy: who called, and by which scheme, is what the proxy says (X-Forwarded-For, X-Forwarded-Proto), when the
/// operator named it. Nobody else's word is taken.
/// </summary>
internal static class Proxies
{
    public static void Use(WebApplication app, ServerSettings settings)
    {
        if (settings.Proxies.IsEmpty)
        {
            return;
        }

        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            // One proxy may be behind another: as far back as they are ones that were named.
            ForwardLimit = null,
        };
        options.KnownIPNetworks.Clear();
        options.KnownProxies.Clear();
        foreach (var network in settings.Proxies)
        {
            options.KnownIPNetworks.Add(network);
        }

        app.UseForwardedHeaders(options);
    }
}
