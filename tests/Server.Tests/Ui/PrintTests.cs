using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Sallyport.Protocol.Recording;

namespace Sallyport.Server.Tests.Ui;

/// <summary>A job's page on paper: nothing to click, and rows below each other, each cell below its head, instead of a window that scrolls.</summary>
public sealed class PrintTests(PostgresCluster cluster, SharedChromium chromium)
{
    /// <summary>Rows of the table, how many of them lie over the one before, and what is to be clicked.</summary>
    private const string Drawn =
        """
        (() => { const rows = [...document.querySelectorAll('.rows .tr')].map(row => row.getBoundingClientRect());
          const over = rows.filter((row, i) => i > 0 && row.top < rows[i - 1].bottom - 1).length;
          const buttons = [...document.querySelectorAll('.filters, .actions button, .clear, .keys, .timeline h2 small, aside.detail')].filter(one => one.getClientRects().length).length;
          const cut = document.querySelector('.rows').scrollHeight - document.querySelector('.rows').clientHeight;
          return `${rows.length} rows, ${over} over others, ${buttons} to click, ${cut > 1 ? cut : 0} pixels cut off`; })()
        """;

    /// <summary>By how many pixels the cells of the first row lie beside their heads, at most.</summary>
    private const string Beside =
        """
        (() => { const [heads, cells] = ['.th > *', '.rows .tr > *'].map(all => [...document.querySelectorAll(all)].map(one => one.getBoundingClientRect()));
          return Math.max(...heads.map((head, i) => Math.max(Math.abs(head.left - cells[i].left), Math.abs(head.right - cells[i].right)))); })()
        """;

    /// <summary>What is printed of what is left out, of cards and of rows.</summary>
    private const string Rest =
        "['.more', '.rows .rest'].map(kind => document.querySelector(kind)).map(one => one?.getClientRects().length ? one.innerText : '').join('; ')";

    [Fact]
    public async Task A_jobs_page_is_printed_with_all_its_rows_below_each_other()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        var job = await server.UploadAsync(
            await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Read(TestRecording.Corpus("audit-many")));
        await using var page = await chromium.OpenAsync();
        await BrowserTests.SignInAsync(server, page);
        await page.GoAsync(new Uri(server.Address, $"/jobs/{job.JobKey}"));
        await page.WaitAsync("document.querySelector('.rows .tr')");
        var onScreen = await BrowserTests.CountAsync(page, "document.querySelectorAll('.rows .tr').length", isExpression: true);
        var all = Math.Min(400, await BrowserTests.CountAsync(page, "#tab-network small"));
        Assert.True(all > onScreen, $"{all} rows, {onScreen} on the screen");

        Assert.InRange(await BrowserTests.CountAsync(page, Beside, isExpression: true), 0, 1);

        await page.EvaluateAsync($"addEventListener('beforeprint', () => {{ window.printed = {Drawn}; window.beside = {Beside}; window.rest = {Rest}; }})");
        await page.MediumAsync("print");
        await page.PictureAsync("print");
        var pdf = await page.PrintAsync();
        Assert.Equal($"{all} rows, 0 over others, 0 to click, 0 pixels cut off", (string?)await page.EvaluateAsync("window.printed"));
        Assert.InRange(await BrowserTests.CountAsync(page, "window.beside", isExpression: true), 0, 1);
        var sheets = Regex.Count(Encoding.Latin1.GetString(pdf), @"/Type\s*/Page\b");
        TestContext.Current.SendDiagnosticMessage("{0} rows on {1} sheets, {2} bytes", all, sheets, pdf.Length);
        // A row is 30 pixels high, and a sheet of A4 about 1,100, or more where the browser makes a wide table as narrow as the paper: all of
        // them are on paper, and not each on one of its own.
        Assert.InRange(sheets, all * 30 / 1_800, all * 30 / 400);

        // What is left out is said: of the cards most, of the rows none.
        Assert.Matches("^[0-9]+ more; $", (string?)await page.EvaluateAsync("window.rest"));

        // And after it the page is what it was.
        await page.MediumAsync("");
        await page.WaitAsync($"document.querySelectorAll('.rows .tr').length === {onScreen}");
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task A_table_that_is_not_printed_whole_says_how_many_rows_are_left_out()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        var events = new MadeJob(new string('a', 64), "files.example.com", "198.51.100.7", "/work/x").Events().ToList();
        events.InsertRange(
            events.FindIndex(recorded => recorded is ExecutionAssigned),
            Enumerable.Range(0, 500).Select(i => new ConnectionJudged(
                string.Create(CultureInfo.InvariantCulture, $"d{i}"), "tcp", "198.51.100.8", 443, string.Create(CultureInfo.InvariantCulture, $"host{i}.example.com"),
                RecordedVerdict.Observed, null, "no-rule", "connect", "p1", null, null, 1)
            {
                BootTimeNs = 1_000_000_008,
                Execution = 1,
            }));
        var job = await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Of(events, 100));
        await using var page = await chromium.OpenAsync();
        await BrowserTests.SignInAsync(server, page);
        await page.GoAsync(new Uri(server.Address, $"/jobs/{job.JobKey}"));
        await page.WaitAsync("document.querySelector('.rows .tr')");
        Assert.Equal(502, await BrowserTests.CountAsync(page, "#tab-network small"));

        await page.EvaluateAsync($"addEventListener('beforeprint', () => {{ window.printed = document.querySelectorAll('.rows .tr').length; window.rest = {Rest}; }})");
        await page.MediumAsync("print");
        await page.PictureAsync("print-rest");
        await page.PrintAsync();
        Assert.Equal(400, await BrowserTests.CountAsync(page, "window.printed", isExpression: true));
        Assert.EndsWith(
            " more; 102 more rows are not printed. A filter, or a span of the timeline, chooses which are.",
            (string?)await page.EvaluateAsync("window.rest"), StringComparison.Ordinal);
        await page.MediumAsync("");
        await page.WaitAsync("document.querySelectorAll('.rows .tr').length < 100 && !document.querySelector('.rows .rest')");
        Assert.Empty(page.Complaints);
    }
}
