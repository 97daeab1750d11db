using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;
using Sallyport.Reporting;
using Xunit;

namespace Sallyport.Reporting.Tests;

public sealed partial class CorpusTests
{
    public static TheoryData<string> Names => [.. Incidents.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_recording_of_the_corpus_holds_what_its_script_says(string incident)
    {
        var made = Incidents.All[incident]();
        var path = Golden.PathOf(incident, "recording.ndjson.zst");
        if (Golden.Update)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, made);
        }

        // Another version of zstd may pack the same lines into other bytes.
        var (expected, expectedIntegrity) = Read(made);
        var (actual, integrity) = Read(File.ReadAllBytes(path));
        Assert.Equal(JsonRenderer.Render(expected), JsonRenderer.Render(actual));
        Assert.Equal(expectedIntegrity.Verdict, integrity.Verdict);
        Assert.Equal(expectedIntegrity.Seal, integrity.Seal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_recording_of_the_corpus_gives_its_reports(string incident)
    {
        var bytes = File.ReadAllBytes(Golden.PathOf(incident, "recording.ndjson.zst"));
        var (report, _) = Read(bytes);
        Golden.Compare(incident, "report.json", JsonRenderer.Render(report));
        Golden.Compare(incident, "report.txt", TextRenderer.Render(report, new TextOptions(ReportPath: "report.html")));
        Golden.Compare(incident, "report.wide.txt", TextRenderer.Render(report, new TextOptions(120, Colour: true)));
        Golden.Compare(incident, "report.md", MarkdownRenderer.Render(report));
        Golden.Compare(incident, "report.sarif", SarifRenderer.Render(report));
        Golden.Compare(incident, "report.ocsf.ndjson", OcsfRenderer.Render(report));
        var subject = new InTotoSubject("recording.ndjson.zst", Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Golden.Compare(incident, "report.intoto.json", InTotoRenderer.Render(report, [subject]));
        Golden.Compare(incident, "report.frame.html", Frame(HtmlRenderer.Render(report)));
    }

    [Theory]
    [InlineData("refused-canary", RecordingVerdict.Intact, true)]
    [InlineData("losses-truncated", RecordingVerdict.Truncated, false)]
    [InlineData("tampered", RecordingVerdict.Tampered, false)]
    public void Damage_is_said_and_makes_the_report_incomplete(string incident, RecordingVerdict verdict, bool complete)
    {
        var (report, integrity) = Read(Incidents.All[incident]());
        Assert.Equal(verdict, integrity.Verdict);
        Assert.Equal(complete, report.Complete);
        Assert.Equal(complete, report.Losses.IsEmpty);
        Assert.NotEmpty(report.Connections);
    }

    internal static (ReportDocument Report, RecordingIntegrity Integrity) Read(byte[] recording)
    {
        using var stream = new MemoryStream(recording);
        using var reader = new RecordingReader(stream);
        var builder = new ReportBuilder();
        while (reader.TryRead(out var recorded))
        {
            builder.Accept(recorded);
        }

        return (builder.Build(reader.Integrity), reader.Integrity!);
    }

    // Script, style and data have tests of their own; the golden file keeps the page around them.
    private static string Frame(string html) => Inlined().Replace(html, "$1…$2");

    [GeneratedRegex("""(<style>|<script[^>]*>).*?(</style>|</script>)|(?<=sha256-)[A-Za-z0-9+/=]+""", RegexOptions.Singleline)]
    private static partial Regex Inlined();
}
