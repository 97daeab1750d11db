using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Sallyport.Protocol.Report;
using Sallyport.Reporting;
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
    public async Task The_verdict_bar_names_the_run_and_its_commit()
    {
        var page = await Draw(CorpusTests.Read(Incidents.All["runner-steps"]()).Report, "");
        Assert.Contains(
            "<span>run <span class=\"data\">4711</span></span><span title=\"51dcb2929a0881cdcbb5330865661cfcda4313aa\">commit <span class=\"data\">51dcb2929a</span></span>",
            page, StringComparison.Ordinal);
        // One that the report does not say is not made up.
        Assert.DoesNotContain(">commit ", await Draw(CorpusTests.Read(Incidents.All["refused-canary"]()).Report, ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_of_the_api_are_drawn_with_the_permissions_that_they_need()
    {
        var report = CorpusTests.Read(Incidents.All["refused-canary"]()).Report;
        var process = report.Processes[^1];
        var call = new ApiCallDocument(
            "a1", "api.github.com", "GET", "/repos/octo/site/issues/<7>", "/repos/{owner}/{repo}/issues/{issue_number}", "issues", "read", "job", 3,
            process.Started!.Value, null, process.Id);
        var page = await Draw(
            report with
            {
                ApiCalls = [call, call with { Id = "a2", Method = "PUT", Path = "/x/<8>", Route = null, Permission = null, Access = null, Token = "none", Count = 1 }],
                Permissions = report.Permissions.Add("issues", new PermissionDocument("read", ["a1"])).Add("contents", new PermissionDocument("write", ["a2"])),
            },
            "#tab=api&row=a1");
        Assert.Contains("""GitHub API<small> 2</small>""", page, StringComparison.Ordinal);
        Assert.Contains("<pre>permissions:\n  contents: write\n  issues: read</pre>", page, StringComparison.Ordinal);
        Assert.Contains("Here would be the calls of the GitHub API and the permissions", await Draw(report, "#tab=api"), StringComparison.Ordinal);
        var rows = Cells().Matches(page).Select(cell => Tag().Replace(cell.Groups["text"].Value, "")).Chunk(8).ToList();
        Assert.Equal(2, rows.Count);
        Assert.Equal(["GET", "/repos/{owner}/{repo}/issues/{issue_number}", "issues: read", "job", "curl"], rows[0].Take(5));
        Assert.Equal("3", rows[0][6]);
        Assert.Equal(["PUT", "/x/&lt;8&gt;", "", "none"], rows[1].Take(4));
        // The row that the address names, whole.
        Assert.Contains("<dt>path</dt><dd><span class=\"data\">/repos/octo/site/issues/&lt;7&gt;</span></dd>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_timeline_has_a_lane_of_each_step_and_the_tree_each_process_below_its_parent()
    {
        var report = CorpusTests.Read(Incidents.All["audit-many"]()).Report;
        var page = await Draw(report with { Processes = report.Processes[..6] }, "#tab=processes");
        Assert.Equal(
            ["Restore packages", "Build and test", "Publish", "no step"], Lanes().Matches(page).Select(lane => lane.Groups["name"].Value));
        Assert.Contains("""class="item bar" """, page, StringComparison.Ordinal);
        Assert.Contains("""aria-label="make all -j8">""", page, StringComparison.Ordinal);
        Assert.True(Marks().Count(page) > 100, "a mark of each connection");
        Assert.Equal(
            [(0, "make all -j8"), (14, "bash -e /home/runner/_temp/0.sh"), (28, "wget"), (28, "curl"), (28, "curl"), (28, "wget")],
            Tree().Matches(page).Select(row => (
                int.Parse(row.Groups["left"].Value, CultureInfo.InvariantCulture),
                row.Groups["text"].Value.Split(" https:")[0])));
    }

    [Fact]
    public async Task The_timeline_marks_changes_of_files_and_leaves_none_out_that_git_tracks()
    {
        var report = CorpusTests.Read(Incidents.All["changed-files"]()).Report;
        var marks = FileMarks().Matches(await Draw(report, ""));
        Assert.Equal(report.Files.Length, marks.Count);
        string[] tracked =
        [
            "! /home/runner/shop/CHANGES written, tracked by git, tar",
            "! /home/runner/shop/src/keys.c written, tracked by git, sh (dash)",
            "! /home/runner/shop/src/login.c replaced, tracked by git, sed",
            "! /home/runner/shop/src/version|`x`.h written, tracked by git, sh (dash)",
        ];
        Assert.Equal(tracked, Tracked(marks));
        Assert.Contains("/home/runner/shop/node_modules/.bin/tsc linked, npm (node)", marks.Select(mark => mark.Groups["label"].Value));

        // Of more than are drawn those go that git does not track, although they come first.
        var file = report.Files.First(row => !row.Tracked);
        marks = FileMarks().Matches(await Draw(
            report with { Files = [.. Enumerable.Range(0, 4_000).Select(i => file with { Id = $"g{i}", Path = $"/work/{i}" }), .. report.Files.Where(row => row.Tracked)] },
            ""));
        Assert.Equal(3_000, marks.Count);
        Assert.Equal(tracked, Tracked(marks));

        static IEnumerable<string> Tracked(MatchCollection marks) =>
            marks.Where(mark => mark.Groups["tracked"].Success).Select(mark => mark.Groups["label"].Value).Order(StringComparer.Ordinal);
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

    [Fact]
    public Task Files_are_searched_and_what_git_tracks_is_first() => ShowsFiles(20_000);

    [Fact(Explicit = true)]
    public Task Two_hundred_thousand_files_are_searched_and_what_git_tracks_is_first() => ShowsFiles(200_000);

    private static async Task ShowsFiles(int many)
    {
        var report = CorpusTests.Read(Incidents.All["refused-canary"]()).Report;
        var file = new FileDocument(
            "f0", "/work/lib/a.js", "created", false, null, null, 1, report.Processes[0].Started!.Value, null, report.Processes[0].Id);
        report = report with
        {
            Files =
            [
                .. Enumerable.Range(1, many).Select(i => file with { Id = $"f{i}", Path = $"/work/lib{i / 100}/{i}.js" }),
                file with { Id = "f0", Path = "/work/src/main.c", Change = "written", Tracked = true },
            ],
        };
        var page = await Draw(report, "#tab=files&group=folder");
        var all = (many + 1).ToString("#,0", CultureInfo.InvariantCulture);
        Assert.Contains($">{all} of {all}</span>", page, StringComparison.Ordinal);
        Assert.InRange(Rows().Count(page), 5, 120);
        // The table: marks of the timeline name files too.
        var table = page[page.IndexOf("role=\"tabpanel\"", StringComparison.Ordinal)..];
        var tracked = table.IndexOf("tracked by git", StringComparison.Ordinal);
        Assert.InRange(table.IndexOf("/work/src/main.c", StringComparison.Ordinal), tracked, table.IndexOf("/work/lib1", StringComparison.Ordinal));
        Assert.True(tracked > 0, "what git tracks has a heading");

        var found = await Draw(report, "#tab=files&q=lib123/");
        Assert.Contains($">100 of {all}</span>", found, StringComparison.Ordinal);
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

    [GeneratedRegex("""<span role="cell"[^>]*>(?<text>.*?)</span>(?=<span role="cell"|</div>)""", RegexOptions.Singleline)]
    private static partial Regex Cells();

    [GeneratedRegex("""<div class="lane"><span class="name" title="(?<name>[^"]*)">""")]
    private static partial Regex Lanes();

    [GeneratedRegex("""class="item mark observed" """)]
    private static partial Regex Marks();

    [GeneratedRegex("""class="item mark file(?<tracked> tracked)?"[^>]*? data-key="[^"]*" aria-label="(?<label>[^"]*)">""")]
    private static partial Regex FileMarks();

    [GeneratedRegex("""<span class="tree" style="padding-left: (?<left>\d+)px;">.*?<span class="data" title="(?<text>[^"]*)">""")]
    private static partial Regex Tree();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("""<span class="badge warning">\+ new</span>""")]
    private static partial Regex NewRows();
}
