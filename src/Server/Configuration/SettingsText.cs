using System.Globalization;
using Npgsql;
using Sallyport.Server.Store;

namespace Sallyport.Server.Configuration;

/// <summary>Settings as lines for people: the keys of docs/server.md, a secret as <c>(set)</c>.</summary>
internal static class SettingsText
{
    private const string Secret = "(set)";

    public static IEnumerable<(string Key, string Value)> Of(ServerSettings settings)
    {
        yield return ("listen", settings.Listen.ToString());
        yield return ("publicUrl", settings.PublicUrl.ToString());
        yield return ("dataFolder", settings.DataFolder);
        yield return ("connectionStrings:store", Store(settings));
        yield return ("masterKeyFile", settings.MasterKeyFile);
        yield return ("telemetry", settings.Telemetry?.ToString() ?? "(nowhere)");
        yield return ("logs", settings.Logs switch { null => "(text on a terminal, json elsewhere)", LogFormat.Json => "json", _ => "text" });
        yield return ("proxies", settings.Proxies.IsEmpty ? "(none)" : string.Join(' ', settings.Proxies));
        foreach (var line in Bucket(settings.Bucket).Concat(SignIn(settings.SignIn)).Concat(Issuers(settings)).Concat(Limits(settings.Limits)))
        {
            yield return line;
        }
    }

    private static string Store(ServerSettings settings)
    {
        if (settings.Database == DatabaseKind.Sqlite)
        {
            return $"(SQLite: {settings.ConnectionString})";
        }

        var builder = new NpgsqlConnectionStringBuilder(settings.ConnectionString);
        builder.Password = builder.Password is null ? null : Secret;
        builder.SslPassword = builder.SslPassword is null ? null : Secret;
        return builder.ToString();
    }

    private static IEnumerable<(string Key, string Value)> Bucket(BucketSettings? bucket)
    {
        if (bucket is null)
        {
            yield return ("bucket:name", "(none: recordings are in the data folder)");
            yield break;
        }

        yield return ("bucket:name", bucket.Name);
        yield return ("bucket:serviceUrl", bucket.ServiceUrl?.ToString() ?? "(Amazon's)");
        yield return ("bucket:region", bucket.Region);
        yield return ("bucket:accessKey", bucket.AccessKey is null ? "(the machine's role)" : Secret);
        yield return ("bucket:secretKey", bucket.SecretKey is null ? "(the machine's role)" : Secret);
    }

    private static IEnumerable<(string Key, string Value)> SignIn(SignInSettings? signIn)
    {
        if (signIn is null)
        {
            yield return ("signIn", "(local accounts alone)");
            yield break;
        }

        if (signIn.IsGitHub)
        {
            yield return ("signIn:preset", "github");
        }

        yield return ("signIn:authority", signIn.Authority.ToString());
        yield return ("signIn:clientId", signIn.ClientId);
        yield return ("signIn:clientSecret", Secret);
        yield return ("signIn:nameClaim", signIn.NameClaim);
    }

    private static IEnumerable<(string Key, string Value)> Issuers(ServerSettings settings)
    {
        for (var number = 0; number < settings.Issuers.Length; number++)
        {
            var issuer = settings.Issuers[number];
            yield return ($"issuers:{number}:issuer", issuer.Issuer.ToString());
            yield return ($"issuers:{number}:owners", string.Join(' ', issuer.Owners.Order(StringComparer.OrdinalIgnoreCase)));
        }
    }

    private static IEnumerable<(string Key, string Value)> Limits(ServerLimits limits) =>
    [
        ("limits:jobSegments", Text(limits.JobSegments)),
        ("limits:jobBytes", Text(limits.JobBytes)),
        ("limits:jobTextBytes", Text(limits.JobTextBytes)),
        ("limits:uploadBytes", Text(limits.UploadBytes)),
        ("limits:credentialJobsPerHour", Text(limits.CredentialJobsPerHour)),
        ("limits:silentMinutes", Text(limits.SilentMinutes)),
        ("limits:claimSeconds", Text(limits.ClaimSeconds)),
        ("limits:workAtOnce", Text(limits.WorkAtOnce)),
        ("limits:retentionDays", Text(limits.RetentionDays)),
        ("limits:retentionBytes", limits.RetentionBytes == 0 ? "0 (no bound)" : Text(limits.RetentionBytes)),
    ];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
