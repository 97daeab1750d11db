using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Tests;

public sealed class ReportCommandTests
{
    [Theory]
    [InlineData("text")]
    [InlineData("markdown")]
    [InlineData("html")]
    [InlineData("json")]
    [InlineData("sarif")]
    [InlineData("ocsf")]
    [InlineData("in-toto")]
    public async Task Every_format_shows_the_refused_destination(string format)
    {
        using var folder = new TestFolder();
        var outcome = await SallyportProcess.Run("report", Write(folder, whole: true), "--format", format);
        Assert.Equal((0, string.Empty), (outcome.Code, outcome.Error));
        Assert.Contains("evil.example", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recording_that_was_changed_is_said_to_be_and_what_came_before_is_shown()
    {
        using var folder = new TestFolder();
        var path = Write(folder, whole: true);
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        bytes[^20] ^= 0x55;
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        var outcome = await SallyportProcess.Run("report", path);
        Assert.Equal(66, outcome.Code);
        Assert.NotEqual(string.Empty, outcome.Error);
        Assert.Contains("evil.example", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recording_without_an_end_is_shown_with_a_warning()
    {
        using var folder = new TestFolder();
        var outcome = await SallyportProcess.Run("report", Write(folder, whole: false));
        Assert.Equal(66, outcome.Code);
        Assert.Contains("has no end", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("evil.example", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_recording_cannot_be_read()
    {
        using var folder = new TestFolder();
        Assert.Equal(66, (await SallyportProcess.Run("report", folder.File("x", "not zstd"))).Code);
        Assert.Equal(66, (await SallyportProcess.Run("report", folder.Path)).Code);
        Assert.Equal(66, (await SallyportProcess.Run("report", Path.Combine(folder.Path, "missing"))).Code);
    }

    [Fact]
    public async Task A_recording_that_may_not_be_read_is_said_to_be_one()
    {
        using var folder = new TestFolder();
        var path = Write(folder, whole: true);
        File.SetUnixFileMode(path, UnixFileMode.None);
        // Without these capabilities root is kept out by the file's mode like everybody else.
        var outcome = SallyportProcess.IsRoot
            ? await SallyportProcess.RunAt(
                folder.Path, "/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search", SallyportProcess.Program, "report", path)
            : await SallyportProcess.Run("report", path);
        Assert.Equal((66, string.Empty), (outcome.Code, outcome.Output));
        Assert.Equal($"sallyport: {path} cannot be read: Access to the path '{path}' is denied.\n", outcome.Error);
    }

    [Fact]
    public async Task A_format_that_is_not_known_is_wrong()
    {
        var outcome = await SallyportProcess.Run("report", "x", "--format", "pdf");
        Assert.Equal(64, outcome.Code);
        Assert.Contains("in-toto", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_learned_policy_has_what_was_allowed_and_not_what_was_refused()
    {
        using var folder = new TestFolder();
        var outcome = await SallyportProcess.Run("policy", "learn", Write(folder, whole: true));
        Assert.Equal(0, outcome.Code);
        Assert.Contains("- good.example:443", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("- evil.example", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("# refused, not included: tcp://evil.example:443", outcome.Output, StringComparison.Ordinal);
    }

    private static string Write(TestFolder folder, bool whole)
    {
        var path = Path.Combine(folder.Path, "recording.ndjson.zst");
        using var stream = File.Create(path);
        using var writer = new RecordingWriter(stream);
        var wall = DateTimeOffset.UnixEpoch.AddYears(56);
        Assert.True(writer.Write(new RecordingStarted(
            "0.1.0", wall, "6.18", "x86_64", "block", "enforcing", [], ["true"], "/", "ada",
            [new RecordedRule(0, "good.example:443", "--allow")], "--allow") { BootTimeNs = 1 }));
        Assert.True(writer.Write(Judged("c1", "good.example", RecordedVerdict.Allowed, 0, "rule")));
        Assert.True(writer.Write(Judged("c2", "evil.example", RecordedVerdict.Refused, null, "no-rule")));
        writer.Seal();
        if (whole)
        {
            Assert.True(writer.Write(new RecordingEnded(wall, 0, null) { BootTimeNs = 9 }));
            writer.Seal();
        }

        return path;
    }

    private static ConnectionJudged Judged(string id, string name, RecordedVerdict verdict, int? rule, string reason) => new(
        id, "tcp", "198.51.100.1", 443, name, verdict, rule, reason, "connect", null, null, null, 1) { BootTimeNs = 5 };
}
