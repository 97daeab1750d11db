using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Configuration;
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
        "listen", "publicUrl", "dataFolder", "connectionStrings:store", "masterKeyFile", "telemetry",
        "bucket:serviceUrl", "bucket:region", "bucket:name", "bucket:accessKey", "bucket:secretKey",
        "signIn:preset", "signIn:authority", "signIn:clientId", "signIn:clientSecret", "signIn:nameClaim",
        "limits:jobSegments", "limits:jobBytes", "limits:credentialJobsPerHour", "limits:silentMinutes", "limits:claimSeconds",
        "limits:retentionDays", "limits:retentionBytes",
    ];

    private static readonly ImmutableArray<string> SignInNeeds = ["signIn:clientId", "signIn:clientSecret"];

    public ServerSettings Read()
    {
        FindUnknown();
        var listen = Url("listen") ?? new Uri($"http://127.0.0.1:{ServerSettings.DefaultPort}");
        var publicUrl = Url("publicUrl") ?? new UriBuilder(listen) { Host = listen.IsLoopback ? "localhost" : listen.Host }.Uri;
        var folder = Path.GetFullPath(values["dataFolder"] ?? DefaultFolder());
        var store = values["connectionStrings:store"];
        var defaults = new ServerLimits();
        return new ServerSettings(
            listen,
            publicUrl,
            folder,
            store is null ? DatabaseKind.Sqlite : DatabaseKind.PostgreSql,
            store ?? $"Data Source={Path.Combine(folder, "sallyport.db")}",
            Bucket(),
            Issuers(),
            SignIn(),
            new ServerLimits(
                Number("limits:jobSegments", defaults.JobSegments),
                Number("limits:jobBytes", defaults.JobBytes),
                (int)Number("limits:credentialJobsPerHour", defaults.CredentialJobsPerHour),
                (int)Number("limits:silentMinutes", defaults.SilentMinutes),
                (int)Number("limits:claimSeconds", defaults.ClaimSeconds, minimum: 3),
                (int)Number("limits:retentionDays", defaults.RetentionDays),
                Number("limits:retentionBytes", defaults.RetentionBytes, minimum: 0)),
            Path.GetFullPath(values["masterKeyFile"] ?? Path.Combine(folder, "master.key")),
            Url("telemetry"));
    }

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
            var issuer = Url($"{section.Path}:issuer");
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
        var authority = Url("signIn:authority");
        if (preset is not (null or "github"))
        {
            mistakes.Add($"signIn:preset: '{preset}' is not known; there is github. Any other provider is named by signIn:authority.");
        }

        if (preset is null == authority is null)
        {
            mistakes.Add("signIn: give signIn:authority, or signIn:preset.");
        }

        foreach (var key in SignInNeeds.Where(key => values[key] is null))
        {
            mistakes.Add($"{key}: is missing; the provider gives it when this server is registered there.");
        }

        return new SignInSettings(
            authority, values["signIn:clientId"] ?? "", values["signIn:clientSecret"] ?? "", values["signIn:nameClaim"] ?? "preferred_username");
    }
}
