using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Sallyport.Agent.Core.Reporting;
using Sallyport.Protocol.Report;
using Xunit;

namespace Sallyport.Reporting.Tests;

/// <summary>report.html as a browser draws it: Chromium without a window prints the document that the page's script made.</summary>
public sealed partial class BrowserTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(240);

    private static string? Browser { get; } =
        new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser" }.FirstOrDefault(File.Exists);

    [Fact]
    public async Task The_page_marks_what_is_new()
    {
        var plain = CorpusTests.Read(Incidents.All["refused-canary"]()).Report;
        var compared = plain with
        {
            Connections = [.. plain.Connections.Select(c => c with { New = c.Destination != "packages.example.com" })],
        };
        var page = await Draw(compared, "");
        Assert.Contains("<b>2</b> new", page, StringComparison.Ordinal);
        Assert.Contains(">new?</button>", page, StringComparison.Ordinal);
        Assert.Equal(2, NewRows().Count(page));
        Assert.Contains("not in the earlier run", page, StringComparison.Ordinal);
        Assert.DoesNotContain("new?", await Draw(plain, ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fifty_thousand_processes_are_a_screenful_of_elements()
    {
        var report = CorpusTests.Read(Incidents.All["refused-canary"]()).Report;
        var process = report.Processes[0];
        report = report with
        {
            Processes =
            [
                .. report.Processes,
                .. Enumerable.Range(0, 50_000).Select(i => process with { Id = $"q{i}", Parent = process.Id }),
            ],
        };
        var page = await Draw(report, "#tab=processes");
        Assert.Contains($"of {report.Processes.Length:#,0}</span>", page, StringComparison.Ordinal);
        Assert.InRange(Rows().Count(page), 5, 120);
    }

    private static async Task<string> Draw(ReportDocument report, string hash)
    {
        Assert.SkipWhen(Browser is null, "chromium is not installed");
        var folder = Directory.CreateTempSubdirectory("sallyport-browser-test-");
        try
        {
            var path = Path.Combine(folder.FullName, "report.html");
            await File.WriteAllTextAsync(path, HtmlRenderer.Render(report), TestContext.Current.CancellationToken);
            string[] arguments =
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--user-data-dir=" + Path.Combine(folder.FullName, "profile"), "--virtual-time-budget=5000",
                "--window-size=1280,900", "--dump-dom", $"file://{path}{hash}",
            ];
            using var browser = Process.Start(new ProcessStartInfo(Browser!, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            using var deadline = new CancellationTokenSource(Deadline);
            try
            {
                var errors = browser.StandardError.ReadToEndAsync(deadline.Token);
                var page = await browser.StandardOutput.ReadToEndAsync(deadline.Token);
                await browser.WaitForExitAsync(deadline.Token);
                Assert.True(browser.ExitCode == 0, await errors);

                // The document carries its data and script as text as well: only what was drawn is looked at.
                return Scripts().Replace(page, "");
            }
            catch (OperationCanceledException)
            {
                browser.Kill(entireProcessTree: true);
                throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"the page was not drawn within {Deadline}"));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex("<script.*?</script>", RegexOptions.Singleline)]
    private static partial Regex Scripts();

    [GeneratedRegex("""<div class="tr [^"]*" role="row"[^>]*style="[^"]*top""")]
    private static partial Regex Rows();

    [GeneratedRegex("""<span class="badge warning">\+ new</span>""")]
    private static partial Regex NewRows();
}
