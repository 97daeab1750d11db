using System.Text.Json;
using System.Text.RegularExpressions;
using Sallyport.Lab;

namespace Sallyport.Agent.Tests.Runs;

/// <summary>A disk that fills up ends what is written on it, not the job and not the verdicts.</summary>
public sealed partial class FullDiskTests(LabFixture fixture) : RunTest(fixture)
{
    private static readonly string Call = $"{LabNetwork.Program("tcp")} connect {LabAddresses.Attacker} 4443 x";

    /// <summary>The recording is handed over before reports are written: it is where they find no place, or kept where it finds none itself.</summary>
    [Theory]
    [InlineData("16k", 0)]
    [InlineData("4k", 4096)]
    public async Task A_full_output_folder_is_said_and_the_code_stays_the_commands(string size, int taken)
    {
        var copy = $"{Output}.copy.zst";
        var outcome = await Shell(
            $$"""
            folder=$1 && shift && mkdir -p "$folder" && exec unshare -m sh -c '
                mount -t tmpfs -o size={{size}} full "$0" && head -c {{taken}} /dev/zero > "$0/taken" && "$@"; code=$?
                ls "$0"; cp "$0/recording.ndjson.zst" {{copy}}; exit $code' "$folder" "$@"
            """,
            [Output, .. Line("--mode", "block"), "sh", "-c", $"{Call}; exit 3"]);
        Assert.True(outcome.ExitCode == 3, outcome.ToString());
        Assert.Contains("report.html", outcome.Errors, StringComparison.Ordinal);
        await NothingIsLeft();

        // Whole, and can be read.
        var kept = Kept().Match(outcome.Errors);
        Assert.True(kept.Success == taken > 0, outcome.ToString());
        var (code, report, said) = await Read(kept.Success ? $"{kept.Groups[1].Value}/recording.ndjson.zst" : copy);
        if (kept.Success)
        {
            Directory.Delete(kept.Groups[1].Value, recursive: true);
        }

        Assert.True(code == 0, said);
        Assert.Equal("intact", report.GetProperty("recording").GetProperty("verdict").GetString());
        Assert.Contains(report.GetProperty("connections").EnumerateArray(), IsRefusedCall);
    }

    [Fact]
    public async Task A_recording_that_outgrows_its_disk_ends_and_the_report_counts_what_it_lost()
    {
        const string Spool = "/var/lib/sallyport";
        var outcome = await Shell(
            $$"""
            exec unshare -m sh -c '
                mkdir -p {{Spool}} && mount -t tmpfs -o size=20k,mode=700 full {{Spool}} && exec "$@"' sh "$@"
            """,
            [.. Line("--mode", "block", "--fail-on", "refused"), "sh", "-c",
                $"for i in $(seq 100); do /bin/true $(head -c 800 /dev/urandom | base64 -w 0); done; {Call}; exit 0"]);
        Assert.True(outcome.ExitCode == 10, outcome.ToString());
        Assert.Contains("the recording ends here, verdicts go on", outcome.Errors, StringComparison.Ordinal);
        var report = Report();
        Assert.False(report.GetProperty("complete").GetBoolean());
        Assert.True(report.GetProperty("losses").GetProperty("recording-disk").GetInt64() > 0, report.ToString());
        Assert.Contains(report.GetProperty("connections").EnumerateArray(), IsRefusedCall);
        await NothingIsLeft();

        // What was written before the disk was full is there, and says of itself that it is not all.
        var (code, read, said) = await Read($"{Output}/recording.ndjson.zst");
        Assert.True(code == 66, said);
        Assert.Equal("truncated", read.GetProperty("recording").GetProperty("verdict").GetString());
        var before = read.GetProperty("processes").GetArrayLength();
        Assert.InRange(before, 1, report.GetProperty("processes").GetArrayLength() - 1);
    }

    [GeneratedRegex("it is kept in ([^ ]+) until")]
    private static partial Regex Kept();

    private async Task<(int Code, JsonElement Report, string Said)> Read(string recording)
    {
        var outcome = await Shell("exec \"$@\"", Product, "report", recording, "--format", "json");
        Assert.True(outcome.Output.StartsWith('{'), outcome.ToString());
        return (outcome.ExitCode, JsonDocument.Parse(outcome.Output).RootElement, outcome.ToString());
    }
}
