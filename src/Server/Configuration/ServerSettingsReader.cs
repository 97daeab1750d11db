using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Npgsql;
using Sallyport.Protocol.Recording;
using Sallyport.Server.Insights;
using Sallyport.Server.Store;

namespace Sallyport.Server.Configuration;

/// <summary>
/// Reads the settings from what file, environment and command line said together. All mistakes are collected; a key that
/// nobody knows is one, with the nearest that is known.
/// </summary>
internal sealed class ServerSettingsReader(IConfiguration values, List<string> mistakes)
{
    /// <summary>Prefix of environment variables: <c>SALLYPORT_SERVER_LISTEN</c>, <c>SALLYPORT_SERVER_BUCKET__NAME</c>.</summary>
    public const string EnvironmentPrefix = "SALLYPORT_SERVER_";

    private static readonly ImmutableArray<string> Known =
    [
        "listen", "publicUrl", "dataFolder", "connectionStrings:store", "masterKeyFile", "telemetry", "logs", "proxies",
        "bucket:serviceUrl", "bucket:region", "bucket:name", "bucket:accessKey", "bucket:secretKey",
        "signIn:preset", "signIn:authority", "signIn:clientId", "signIn:clientSecret", "signIn:nameClaim",
        "limits:jobSegments", "limits:jobBytes", "limits:jobTextBytes", "limits:uploadBytes", "limits:credentialJobsPerHour", "limits:silentMinutes", "limits:claimSeconds",
        "limits:workAtOnce",
        "limits:retentionDays", "limits:retentionBytes", "limits:listRows", "limits:listDays",
    ];

    // A century.
    private const int MaximumDays = 36_500;

    private static readonly ImmutableArray<string> SignInNeeds = ["signIn:clientId", "signIn:clientSecret"];

    public ServerSettings Read()
    {
        FindUnknown();
        var listen = Root("listen") ?? new Uri($"http://127.0.0.1:{ServerSettings.DefaultPort}");
        var publicUrl = Root("publicUrl") ?? new UriBuilder(listen) { Host = IsEverywhere(listen) ? "localhost" : listen.Host }.Uri;
        var folder = Path.GetFullPath(values["dataFolder"] ?? DefaultFolder());
        var store = values["connectionStrings:store"];
        var defaults = new ServerLimits();
        return new ServerSettings(
            listen,
            publicUrl,
            folder,
            store is null ? DatabaseKind.Sqlite : DatabaseKind.PostgreSql,
            Checked(store) ?? $"Data Source={Path.Combine(folder, "sallyport.db")}",
            Bucket(),
            Issuers(),
            SignIn(),
            new ServerLimits(
                Number("limits:jobSegments", defaults.JobSegments),
                Number("limits:jobBytes", defaults.JobBytes),
                Number("limits:jobTextBytes", defaults.JobTextBytes),
                Number("limits:uploadBytes", defaults.UploadBytes, minimum: SegmentReader.MaximumPackedBytes + 1),
                Count("limits:credentialJobsPerHour", defaults.CredentialJobsPerHour),
                Count("limits:silentMinutes", defaults.SilentMinutes),
                Count("limits:claimSeconds", defaults.ClaimSeconds, minimum: 3),
                Count("limits:workAtOnce", defaults.WorkAtOnce, maximum: 64),
                Count("limits:retentionDays", defaults.RetentionDays, maximum: MaximumDays),
                Number("limits:retentionBytes", defaults.RetentionBytes, minimum: 0),
                Number("limits:listRows", defaults.ListRows),
                Count("limits:listDays", defaults.ListDays, minimum: (int)JobNews.KnownFor.TotalDays, maximum: MaximumDays)),
            Path.GetFullPath(values["masterKeyFile"] ?? Path.Combine(folder, "master.key")),
            Url("telemetry"),
            Logs(),
            Proxies());
    }

    // Loopback has many addresses and one name; and on "any address" the machine is reached from itself by that name.
    private static bool IsEverywhere(Uri listen) => listen.IsLoopback || listen.Host is "0.0.0.0" or "[::]";

    private static string DefaultFolder() =>
        Directory.Exists("/var/lib/sallyport-server") ? "/var/lib/sallyport-server" : "data";

    private void FindUnknown()
    {
        foreach (var (key, value) in values.AsEnumerable())
        {
            var isKnown = value is null
                || Known.Contains(key, StringComparer.OrdinalIgnoreCase)
                || key.StartsWith("issuers:", StringComparison.OrdinalIgnoreCase);
            if (!isKnown)
            {
                mistakes.Add($"{key}: there is no such setting. There are: {string.Join(", ", Known)}, issuers:N:issuer, issuers:N:owners.");
            }
        }
    }

    private Uri? Url(string key)
    {
        var text = values[key];
        if (text is null)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            return url;
        }

        mistakes.Add($"{key}: '{text}' is not an address like https://sallyport.example.com.");
        return null;
    }

    // Whom it says is signed in, is: nobody between may change its words.
    private Uri? Secure(string key, Uri? url)
    {
        if (url is { Scheme: "http", IsLoopback: false })
        {
            mistakes.Add($"{key}: '{values[key]}' is not https; without it only an address of loopback is taken.");
        }

        return url;
    }

    // Pages and interface are at the root of a host: a path would be lost without a word.
    private Uri? Root(string key)
    {
        var url = Url(key);
        if (url is null || (url.PathAndQuery == "/" && url.Fragment.Length == 0 && url.UserInfo.Length == 0))
        {
            return url;
        }

        mistakes.Add($"{key}: '{values[key]}' has more than scheme, host and port; a server is at the root of its host.");
        return null;
    }

    private string? Checked(string? store)
    {
        if (store is null)
        {
            return null;
        }

        try
        {
            if (new NpgsqlConnectionStringBuilder(store).Host is { Length: > 0 })
            {
                return store;
            }

            mistakes.Add("connectionStrings:store: names no host, as in Host=db.example.com;Database=sallyport;Username=sallyport;Password=….");
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            // Its text is not repeated: a password may stand in it.
            mistakes.Add("connectionStrings:store: is not one of PostgreSQL, as in Host=db.example.com;Database=sallyport;Username=sallyport;Password=….");
        }

        return store;
    }

    private LogFormat? Logs()
    {
        switch (values["logs"])
        {
            case null:
                return null;
            case "text":
                return LogFormat.Text;
            case "json":
                return LogFormat.Json;
            case var other:
                mistakes.Add($"logs: '{other}' is not known; there are text and json.");
                return null;
        }
    }

    private ImmutableArray<IPNetwork> Proxies()
    {
        var networks = ImmutableArray.CreateBuilder<IPNetwork>();
        foreach (var text in (values["proxies"] ?? "").Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPAddress.TryParse(text, out var address))
            {
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else if (IPNetwork.TryParse(text, out var network))
            {
                networks.Add(network);
            }
            else
            {
                mistakes.Add($"proxies: '{text}' is neither an address nor a network like 10.0.0.0/8.");
            }
        }

        return networks.ToImmutable();
    }

    private int Count(string key, int usual, int minimum = 1, int maximum = int.MaxValue)
    {
        var number = Number(key, usual, minimum);
        if (number <= maximum)
        {
            return (int)number;
        }

        mistakes.Add($"{key}: {number} is more than {maximum}.");
        return usual;
    }

    private long Number(string key, long usual, long minimum = 1)
    {
        var text = values[key];
        if (text is null)
        {
            return usual;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum)
        {
            return number;
        }

        mistakes.Add($"{key}: '{text}' is not a whole number from {minimum}.");
        return usual;
    }

    private BucketSettings? Bucket()
    {
        var name = values["bucket:name"];
        if (name is null)
        {
            if (values.GetSection("bucket").GetChildren().Any())
            {
                mistakes.Add("bucket:name: is missing; the other settings of the bucket need it.");
            }

            return null;
        }

        var (access, secret) = (values["bucket:accessKey"], values["bucket:secretKey"]);
        if (access is null != secret is null)
        {
            mistakes.Add("bucket:accessKey and bucket:secretKey: give both, or neither for what the machine's role allows.");
        }

        return new BucketSettings(Url("bucket:serviceUrl"), values["bucket:region"] ?? "us-east-1", name, access, secret);
    }

    private ImmutableArray<TokenIssuer> Issuers()
    {
        var issuers = ImmutableArray.CreateBuilder<TokenIssuer>();
        foreach (var section in values.GetSection("issuers").GetChildren())
        {
            var issuer = Secure($"{section.Path}:issuer", Url($"{section.Path}:issuer"));
            var owners = section.GetSection("owners").GetChildren().Select(child => child.Value ?? "")
                .Concat((section["owners"] ?? "").Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
                .Where(owner => owner.Length > 0)
                .ToImmutableHashSet(StringComparer.OrdinalIgnoreCase);
            if (issuer is null)
            {
                mistakes.Add($"{section.Path}:issuer: is missing, like https://token.actions.githubusercontent.com.");
                continue;
            }

            if (owners.IsEmpty)
            {
                mistakes.Add($"{section.Path}:owners: name the organisations whose jobs may write; without one anybody's could not.");
            }

            issuers.Add(new TokenIssuer(issuer, owners));
        }

        return issuers.ToImmutable();
    }

    private SignInSettings? SignIn()
    {
        if (!values.GetSection("signIn").GetChildren().Any())
        {
            return null;
        }

        var preset = values["signIn:preset"];
        var authority = Secure("signIn:authority", preset is null ? Url("signIn:authority") : Root("signIn:authority"));
        if (preset is not (null or "github"))
        {
            mistakes.Add($"signIn:preset: '{preset}' is not known; there is github. Any other provider is named by signIn:authority alone.");
        }

        if (preset is null && values["signIn:authority"] is null)
        {
            mistakes.Add("signIn: give signIn:authority, or signIn:preset.");
        }

        foreach (var key in SignInNeeds.Where(key => values[key] is null))
        {
            mistakes.Add($"{key}: is missing; the provider gives it when this server is registered there.");
        }

        return new SignInSettings(
            preset is not null, authority ?? SignInSettings.GitHub, values["signIn:clientId"] ?? "", values["signIn:clientSecret"] ?? "", values["signIn:nameClaim"] ?? "preferred_username");
    }
}
