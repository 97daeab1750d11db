using System.Diagnostics;

namespace Sallyport.Server.Tests.Operations;

/// <summary>The unit that docs/server.md tells people to install.</summary>
public sealed class ServiceUnitTests
{
    private const string SystemdAnalyze = "/usr/bin/systemd-analyze";
    private const string Secrets = "/etc/sallyport-server/environment";

    private static string Text { get; } = File.ReadAllText(Path.Combine(TestRecording.Root, "images", "server", "sallyport-server.service"));

    /// <summary>Its user is made at the start and owns nothing in /etc: what is secret systemd has to read for it.</summary>
    [Fact]
    public void Secrets_reach_it_without_being_everybodys()
    {
        Assert.Contains("DynamicUser=yes\n", Text, StringComparison.Ordinal);
        Assert.Contains($"\nEnvironmentFile=-{Secrets}\n", Text, StringComparison.Ordinal);
        Assert.Contains(Secrets, File.ReadAllText(Path.Combine(TestRecording.Root, "docs", "server.md")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", true)]
    // What it does not know it only says.
    [InlineData("NoSuchKey=yes\n", false)]
    public async Task Systemd_understands_all_of_it(string added, bool isUnderstood)
    {
        Assert.SkipUnless(File.Exists(SystemdAnalyze), $"{SystemdAnalyze} is not installed");
        var folder = Directory.CreateTempSubdirectory("sallyport-unit-").FullName;
        try
        {
            var unit = Path.Combine(folder, "sallyport-server.service");
            var text = Text.Replace("/opt/sallyport-server/sallyport-server", "/bin/true", StringComparison.Ordinal)
                .Replace("[Service]\n", $"[Service]\n{added}", StringComparison.Ordinal);
            await File.WriteAllTextAsync(unit, text, TestContext.Current.CancellationToken);
            using var verify = Process.Start(new ProcessStartInfo(SystemdAnalyze, ["verify", "--man=no", unit]) { RedirectStandardError = true })!;
            var said = await verify.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await verify.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal((isUnderstood, 0), (!said.Contains("sallyport-server", StringComparison.Ordinal), verify.ExitCode));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
