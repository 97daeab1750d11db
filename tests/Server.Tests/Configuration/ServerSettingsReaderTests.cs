using Microsoft.Extensions.Configuration;
using Sallyport.Server.Configuration;
using Sallyport.Server.Store;

namespace Sallyport.Server.Tests.Configuration;

public sealed class ServerSettingsReaderTests
{
    [Fact]
    public void Without_any_it_listens_on_loopback_with_SQLite_in_the_data_folder()
    {
        var (settings, mistakes) = Read([]);
        Assert.Empty(mistakes);
        Assert.Equal("http://127.0.0.1:8710/", settings.Listen.ToString());
        Assert.Equal("http://localhost:8710/", settings.PublicUrl.ToString());
        Assert.Equal("sallyport:localhost", settings.Audience);
        Assert.Equal(DatabaseKind.Sqlite, settings.Database);
        Assert.Null(settings.Bucket);
        Assert.Null(settings.SignIn);
        Assert.Null(settings.Telemetry);
        Assert.Empty(settings.Issuers);
        Assert.Equal(90, settings.Limits.RetentionDays);
    }

    [Theory]
    [InlineData("listen", "8710")]
    [InlineData("listen", "ftp://127.0.0.1")]
    [InlineData("publicUrl", "https://example.com/sallyport")]
    [InlineData("publicUrl", "https://example.com/?a=b")]
    [InlineData("telemetry", "collector:4318")]
    [InlineData("logs", "xml")]
    [InlineData("proxies", "10.0.0.0/8, gate")]
    [InlineData("connectionStrings:store", "Server")]
    [InlineData("connectionStrings:store", "Data Source=file.db;Nonsense=1")]
    [InlineData("connectionStrings:store", "Database=sallyport")]
    [InlineData("limits:jobSegments", "0")]
    [InlineData("limits:jobBytes", "1e9")]
    [InlineData("limits:credentialJobsPerHour", "-1")]
    [InlineData("limits:silentMinutes", "5000000000")]
    [InlineData("limits:retentionDays", "1000000")]
    [InlineData("limits:retentionBytes", "all")]
    [InlineData("bucket:region", "eu-central-1")]
    [InlineData("signIn:preset", "gitlab")]
    [InlineData("issuers:0:owners", "octo")]
    [InlineData("issuers:0:issuer", "https://token.actions.githubusercontent.com")]
    [InlineData("issuers:0:issuer", "github")]
    [InlineData("dataFoldr", "/var/lib")]
    [InlineData("limits:jobs", "5")]
    public void What_cannot_be_is_a_mistake_that_names_its_key(string key, string value)
    {
        var (_, mistakes) = Read(new() { [key] = value });
        Assert.Contains(mistakes, mistake => mistake.Contains(key.Split(':')[0], StringComparison.Ordinal));
    }

    [Fact]
    public void All_mistakes_come_at_once()
    {
        var (_, mistakes) = Read(new()
        {
            ["listen"] = "here", ["publicUrl"] = "there", ["telemetry"] = "x", ["limits:jobBytes"] = "many", ["limits:retentionDays"] = "0",
            ["bucket:accessKey"] = "a", ["signIn:authority"] = "y", ["unknown:key"] = "z", ["logs"] = "loud", ["proxies"] = "all",
        });
        string[] keys =
            ["listen:", "publicUrl:", "telemetry:", "limits:jobBytes:", "limits:retentionDays:", "bucket:name:", "signIn:authority:", "signIn:clientId:", "signIn:clientSecret:", "unknown:key:", "logs:", "proxies:"];
        Assert.All(keys, key => Assert.Contains(mistakes, mistake => mistake.StartsWith(key, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_password_in_a_wrong_connection_string_is_not_repeated()
    {
        var (_, mistakes) = Read(new() { ["connectionStrings:store"] = "Hast=db;Password=hunter2" });
        Assert.DoesNotContain("hunter2", Assert.Single(mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_key_is_told_with_those_that_are_known()
    {
        var (_, mistakes) = Read(new() { ["Listn"] = "http://127.0.0.1:8710" });
        Assert.Contains("publicUrl", Assert.Single(mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_keys_are_read_in_any_case()
    {
        var (settings, mistakes) = Read(new() { ["PUBLICURL"] = "https://sallyport.example.com", ["LIMITS:RETENTIONDAYS"] = "7" });
        Assert.Empty(mistakes);
        Assert.Equal(("sallyport:sallyport.example.com", 7), (settings.Audience, settings.Limits.RetentionDays));
    }

    [Theory]
    [InlineData("github", null, true, "https://github.com/")]
    [InlineData("github", "https://github.example.com", true, "https://github.example.com/")]
    [InlineData("github", "https://github.example.com/api/v3", true, null)]
    [InlineData(null, "https://id.example.com/realms/a", false, "https://id.example.com/realms/a")]
    [InlineData(null, "http://127.0.0.1:8080", false, "http://127.0.0.1:8080/")]
    public void People_sign_in_by_a_provider_or_by_GitHub_wherever_it_is(string? preset, string? authority, bool isGitHub, string? expected)
    {
        var (settings, mistakes) = Read(new()
        {
            ["signIn:preset"] = preset, ["signIn:authority"] = authority, ["signIn:clientId"] = "id", ["signIn:clientSecret"] = "secret",
        });
        if (expected is null)
        {
            Assert.Contains("signIn:authority", Assert.Single(mistakes), StringComparison.Ordinal);
            return;
        }

        Assert.Empty(mistakes);
        Assert.Equal((isGitHub, expected), (settings.SignIn!.IsGitHub, settings.SignIn.Authority.ToString()));
    }

    [Fact]
    public void On_every_address_of_the_machine_it_is_reached_as_localhost_until_its_address_is_said()
    {
        Assert.Equal("http://localhost:8710/", Read(new() { ["listen"] = "http://0.0.0.0:8710" }).Settings.PublicUrl.ToString());
        Assert.Equal("http://localhost:8710/", Read(new() { ["listen"] = "http://[::]:8710" }).Settings.PublicUrl.ToString());
    }

    [Theory]
    [InlineData("https://Sallyport.example.com:8443", "sallyport:sallyport.example.com")]
    [InlineData("https://bücher.example", "sallyport:xn--bcher-kva.example")]
    [InlineData("http://[::1]:8710", "sallyport:[::1]")]
    [InlineData("http://198.51.100.7", "sallyport:198.51.100.7")]
    public void Tokens_are_for_the_host_as_the_step_writes_it(string publicUrl, string audience) =>
        Assert.Equal(audience, Read(new() { ["publicUrl"] = publicUrl }).Settings.Audience);

    [Theory]
    [InlineData("signIn:authority")]
    [InlineData("issuers:0:issuer")]
    public void Who_says_who_somebody_is_is_reached_over_TLS_or_on_loopback(string key)
    {
        Assert.Contains(Read(new() { [key] = "http://id.example.com" }).Mistakes, mistake => mistake.Contains("is not https", StringComparison.Ordinal));
        Assert.DoesNotContain(Read(new() { [key] = "http://127.0.0.1:1" }).Mistakes, mistake => mistake.Contains("is not https", StringComparison.Ordinal));
    }

    [Fact]
    public void Proxies_are_addresses_and_networks()
    {
        var (settings, mistakes) = Read(new() { ["proxies"] = "127.0.0.1, 10.0.0.0/8 2001:db8::/32" });
        Assert.Empty(mistakes);
        Assert.Equal(["127.0.0.1/32", "10.0.0.0/8", "2001:db8::/32"], settings.Proxies.Select(network => network.ToString()));
    }

    private static (ServerSettings Settings, List<string> Mistakes) Read(Dictionary<string, string?> values)
    {
        var mistakes = new List<string>();
        return (new ServerSettingsReader(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), mistakes).Read(), mistakes);
    }
}
