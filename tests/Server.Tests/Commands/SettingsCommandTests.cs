namespace Sallyport.Server.Tests.Commands;

/// <summary>Where settings come from, and what is told of them: by the program itself, with an environment of its own.</summary>
public sealed class SettingsCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sallyport-settings-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_command_line_wins_over_the_environment_and_that_over_the_file_and_secrets_are_not_shown()
    {
        var file = Path.Combine(folder, "server.json");
        await File.WriteAllTextAsync(
            file,
            """
            { "listen": "http://127.0.0.1:1111", "publicUrl": "https://sallyport.example.com", "limits": { "retentionDays": 30 },
              "bucket": { "name": "recordings", "accessKey": "AKfile", "secretKey": "SKfile" },
              "issuers": [ { "issuer": "https://token.actions.githubusercontent.com", "owners": ["octo", "mona"] } ],
              "signIn": { "preset": "github", "clientId": "id1", "clientSecret": "CSfile" } }
            """,
            TestContext.Current.CancellationToken);
        var environment = new Dictionary<string, string>
        {
            ["SALLYPORT_SERVER_LISTEN"] = "http://127.0.0.1:2222",
            ["SALLYPORT_SERVER_LIMITS__RETENTIONDAYS"] = "40",
            ["SALLYPORT_SERVER_CONNECTIONSTRINGS__STORE"] = "Host=db.example.com;Username=sallyport;Password=PWenv",
        };
        var (code, output, errors) = await ServerProgram.RunAsync(
            ["settings", "--config", file, "--set", "limits:retentionDays=50", "--set", $"dataFolder={folder}"], environment);
        Assert.True(code == 0, errors);
        Assert.Matches("(?m)^listen +http://127.0.0.1:2222/$", output);
        Assert.Matches("(?m)^limits:retentionDays +50$", output);
        Assert.Matches("(?m)^issuers:0:owners +mona octo$", output);
        Assert.Matches("(?m)^publicUrl +https://sallyport.example.com/$", output);
        Assert.Matches(@"(?m)^bucket:secretKey +\(set\)$", output);
        Assert.Contains("Host=db.example.com", output, StringComparison.Ordinal);
        Assert.All(["PWenv", "SKfile", "AKfile", "CSfile"], secret => Assert.DoesNotContain(secret, output, StringComparison.Ordinal));
        Assert.Empty(Directory.GetFiles(folder, "*.key"));
    }

    [Fact]
    public async Task A_check_tells_all_mistakes_of_all_sources_and_serves_nothing()
    {
        var file = Path.Combine(folder, "server.json");
        await File.WriteAllTextAsync(file, """{ "listn": "x", "telemetry": "collector" }""", TestContext.Current.CancellationToken);
        var wrong = await ServerProgram.RunAsync(
            ["--check", "--config", file, "--set", "limits:silentMinutes=soon", "--set", "nothing"],
            new Dictionary<string, string> { ["SALLYPORT_SERVER_LOGS"] = "xml" });
        Assert.Equal(64, wrong.ExitCode);
        Assert.All(["listn", "telemetry", "limits:silentMinutes", "--set nothing", "logs"], key => Assert.Contains(key, wrong.Errors, StringComparison.Ordinal));

        var right = await ServerProgram.RunAsync(["--check", "--set", $"dataFolder={folder}/data"]);
        Assert.Equal((0, "the settings are right\n"), (right.ExitCode, right.Output));
        Assert.False(Directory.Exists($"{folder}/data"));
    }

    [Fact]
    public async Task A_file_that_is_no_JSON_or_not_there_is_named()
    {
        var file = Path.Combine(folder, "server.json");
        var missing = await ServerProgram.RunAsync(["--check", "--config", file]);
        Assert.Equal(64, missing.ExitCode);
        Assert.Contains(file, missing.Errors, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, """{ "listen": """, TestContext.Current.CancellationToken);
        var broken = await ServerProgram.RunAsync(["--check", "--config", file]);
        Assert.Equal(64, broken.ExitCode);
        Assert.Contains(file, broken.Errors, StringComparison.Ordinal);
    }
}
