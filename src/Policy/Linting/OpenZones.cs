using System.Collections.Immutable;
using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Linting;

/// <summary>
/// The zones known to be open to everybody (threats L10). Not the whole public suffix list: those that attackers of build
/// jobs used, and the large hosters; and second-level public suffixes by their form.
/// </summary>
public static class OpenZones
{
    /// <summary>The list.</summary>
    public static ImmutableArray<OpenZone> All { get; } =
    [
        new("amazonaws.com", "AWS", true), new("amazonaws.com.cn", "AWS", true), new("on.aws", "AWS Lambda", true),
        new("cloudfront.net", "AWS CloudFront", false), new("elasticbeanstalk.com", "AWS", true),
        new("awsapprunner.com", "AWS", true), new("amplifyapp.com", "AWS Amplify", false),
        new("windows.net", "Azure", true), new("azurewebsites.net", "Azure", true), new("azureedge.net", "Azure", false),
        new("azurefd.net", "Azure Front Door", true), new("cloudapp.net", "Azure", true), new("cloudapp.azure.com", "Azure", true),
        new("azurecontainerapps.io", "Azure", true), new("azurestaticapps.net", "Azure", true), new("azure-api.net", "Azure", false),
        new("azurecr.io", "Azure Container Registry", false), new("trafficmanager.net", "Azure", false),
        new("googleapis.com", "Google Cloud: storage by path", true), new("googleusercontent.com", "Google", true),
        new("appspot.com", "Google App Engine", true), new("run.app", "Google Cloud Run", true), new("cloudfunctions.net", "Google", true),
        new("web.app", "Firebase", false), new("firebaseapp.com", "Firebase", false), new("firebaseio.com", "Firebase", false),
        new("pkg.dev", "Google Artifact Registry: by path", true),
        new("r2.cloudflarestorage.com", "Cloudflare R2", true), new("cloudflarestorage.com", "Cloudflare R2", true),
        new("r2.dev", "Cloudflare R2", false), new("workers.dev", "Cloudflare Workers", true),
        new("pages.dev", "Cloudflare Pages", true), new("trycloudflare.com", "Cloudflare tunnels", false),
        new("cfargotunnel.com", "Cloudflare tunnels", false),
        new("github.io", "GitHub Pages", false), new("githubusercontent.com", "GitHub: raw and gist files of everybody", false),
        new("githubpreview.dev", "GitHub", false), new("app.github.dev", "GitHub Codespaces", false), new("gitlab.io", "GitLab Pages", false),
        new("vercel.app", "Vercel", false), new("now.sh", "Vercel", false), new("netlify.app", "Netlify", false),
        new("herokuapp.com", "Heroku", false), new("fly.dev", "Fly.io", false), new("onrender.com", "Render", false),
        new("up.railway.app", "Railway", false), new("deno.dev", "Deno", false), new("surge.sh", "Surge", false),
        new("glitch.me", "Glitch", false), new("repl.co", "Replit", true), new("replit.dev", "Replit", true), new("replit.app", "Replit", false),
        new("ngrok.io", "ngrok tunnels", true), new("ngrok.app", "ngrok tunnels", true), new("ngrok-free.app", "ngrok tunnels", false),
        new("ngrok.dev", "ngrok tunnels", false), new("loca.lt", "localtunnel", false), new("serveo.net", "tunnels", false),
        new("localhost.run", "tunnels", false), new("lhr.life", "tunnels", false), new("pinggy.link", "tunnels", true),
        new("devtunnels.ms", "Microsoft tunnels", true), new("ts.net", "Tailscale", false),
        new("digitaloceanspaces.com", "DigitalOcean", true), new("ondigitalocean.app", "DigitalOcean", false),
        new("linodeobjects.com", "Akamai", true), new("backblazeb2.com", "Backblaze", true), new("wasabisys.com", "Wasabi", true),
        new("oraclecloud.com", "Oracle", true), new("oast.fun", "call-back service", false), new("oast.me", "call-back service", false),
        new("oast.pro", "call-back service", false), new("oast.site", "call-back service", false), new("oast.live", "call-back service", false),
        new("oastify.com", "call-back service", false), new("interact.sh", "call-back service", false),
        new("requestbin.net", "call-back service", false), new("pipedream.net", "call-back service", false), new("webhook.site", "call-back service", false),
        new("fastly.net", "Fastly", true), new("fastlylb.net", "Fastly", true), new("akamaized.net", "Akamai", false),
        new("akamaihd.net", "Akamai", false), new("edgesuite.net", "Akamai", true), new("edgekey.net", "Akamai", true), new("b-cdn.net", "Bunny", false),
        new("sharepoint.com", "Microsoft", false), new("atlassian.net", "Atlassian", false), new("slack.com", "Slack", false),
        new("zendesk.com", "Zendesk", false), new("myshopify.com", "Shopify", false), new("wordpress.com", "WordPress", false),
        new("blogspot.com", "Google", false), new("duckdns.org", "dynamic DNS", false), new("no-ip.org", "dynamic DNS", false),
        new("nip.io", "names of any address", true), new("sslip.io", "names of any address", true), new("xip.io", "names of any address", true),
    ];

    private static readonly string[] SecondLevel = ["co", "com", "org", "net", "gov", "edu", "ac", "or", "ne", "go", "gob", "nom"];

    /// <summary>Whether everybody can register a name directly below, by its form: <c>com</c>, <c>co.uk</c>.</summary>
    /// <param name="zone">Canonical.</param>
    public static bool IsPublicSuffix(string zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        string[] labels = zone.Split('.');
        return labels.Length == 1 || labels is [_, { Length: 2 }] && SecondLevel.Contains(labels[0]);
    }

    /// <summary>
    /// Why a wildcard over the zone would allow names of strangers; null when nothing is known against it.
    /// </summary>
    /// <param name="zone">Canonical, without <c>*.</c>.</param>
    public static string? WhyOpen(string zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        if (IsPublicSuffix(zone))
        {
            return $"anybody can register a name below {zone}";
        }
        if (zone is "arpa" || HostName.IsBelow(zone, "arpa"))
        {
            return "reverse zones belong to whoever has the address";
        }
        foreach (OpenZone open in All)
        {
            if (zone == open.Zone || open.Deep && HostName.IsBelow(zone, open.Zone) || HostName.IsBelow(open.Zone, zone))
            {
                return $"anybody can get a name below {open.Zone} ({open.Owner})";
            }
        }
        return null;
    }
}
