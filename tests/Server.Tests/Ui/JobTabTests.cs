using System.Collections.Immutable;
using Sallyport.Protocol.Recording;

namespace Sallyport.Server.Tests.Ui;

/// <summary>What each part of a job's page draws of a recording that has something for it.</summary>
public sealed class JobTabTests(PostgresCluster cluster, SharedChromium chromium)
{
    private const string Host = "files.example.com";
    private const string Sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Tracked = "/work/site/src/main.c";
    private const string Degraded = "Packet sockets are not judged.";

    /// <summary>What the text of a recording made of itself: elements that the page has not, handlers, links that run.</summary>
    private const string Injected =
        """
        [...document.querySelectorAll('*')].filter(node => ['i', 'iframe', 'object', 'embed'].includes(node.localName)
          || (node.localName === 'img' && !node.getAttribute('src')?.startsWith('/assets/'))
          || (node.localName === 'script' && !node.src) || (node.localName === 'b' && ['x', '@admin'].includes(node.textContent))
          || [...node.attributes].some(one => one.name.startsWith('on') || /^\s*javascript:/i.test(one.value)))
          .map(node => node.outerHTML.slice(0, 200)).join('\n') + (document.documentElement.outerHTML.includes('\u202e') ? 'turned text' : '')
        """;

    private static readonly DateTimeOffset At = new(2026, 11, 26, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Timeline_findings_and_every_tab_say_what_the_job_did()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        var segments = TestRecording.Of(Events());
        var job = await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), segments);
        await using var page = await chromium.OpenAsync();
        await BrowserTests.SignInAsync(server, page);
        await page.GoAsync(new Uri(server.Address, $"/jobs/{job.JobKey}"));
        await page.WaitAsync("document.querySelector('.rows .tr')");
        await page.PictureAsync("tabs-network");
        Assert.Matches(@"\bcommit 0123456789\b", await page.TextAsync(".job-facts"));
        await ContainsAsync(page, ".needs", "Needs you", Host, "no rule allows it", "Tracked source was changed");
        // The difference of the file that was tampered with: its lines below each other, nothing of them left out.
        Assert.Equal("line 3: -return 0;\n+return 1;\n+/* " + new string('x', 150) + " */", await page.TextAsync(".card dl pre"));
        await ContainsAsync(page, "#panel", Host, "refused", "github.com", "allowed", "Build the site");

        Assert.Equal(
            "Build the site, Publish", (string?)await page.EvaluateAsync("[...document.querySelectorAll('.timeline .lane .name')].map(name => name.innerText).join(', ')"));
        Assert.Equal("true", (string?)await page.EvaluateAsync("document.querySelector('.timeline [aria-label=\"lane of Publish\"] .bar title').textContent"));
        Assert.Contains("curl -O", await TitleAsync(page, ".bar.failed"), StringComparison.Ordinal);
        Assert.EndsWith($"{Host}:443 refused, curl", await TitleAsync(page, ".mark.refused"), StringComparison.Ordinal);
        await page.EvaluateAsync("document.querySelector('.timeline .mark.refused').dispatchEvent(new MouseEvent('click', { bubbles: true }))");
        await page.WaitAsync("!document.querySelector('aside.detail').hidden");
        await ContainsAsync(page, "aside.detail", Host, "198.51.100.7");
        await page.PressAsync("Escape", code: 27);
        // So do changes of files, below the connections: what git tracks is told apart by its words too.
        Assert.Equal($"! {Tracked} written, tracked by git, curl", await TitleAsync(page, ".mark.file.tracked"));
        Assert.Equal(
            "/work/cache/1 created, curl; /work/site/a.o created, curl; /work/site/out.o created, curl",
            (string?)await page.EvaluateAsync(
                "[...document.querySelectorAll('.timeline .mark.file:not(.tracked)')].map(mark => mark.getAttribute('aria-label')).sort().join('; ')"));
        Assert.True((bool?)await page.EvaluateAsync(
            """
            (([allowed, tracked, plain]) => tracked.top >= allowed.bottom && tracked.left > allowed.right && tracked.width > plain.width * 1.5
              && tracked.color !== plain.color && tracked.color !== allowed.color)(
              ['.allowed', '.tracked', '.file:not(.tracked)'].map(kind => document.querySelector('.timeline .mark' + kind))
                .map(mark => ({ ...mark.getBoundingClientRect().toJSON(), color: getComputedStyle(mark).fill })))
            """));
        await page.EvaluateAsync("document.querySelector('.timeline .mark.tracked').dispatchEvent(new MouseEvent('click', { bubbles: true }))");
        await page.WaitAsync("document.querySelector('#tab-files').ariaSelected === 'true' && !document.querySelector('aside.detail').hidden");
        await ContainsAsync(page, "aside.detail", Tracked, new string('1', 40), "line 3: -return 0;");
        await page.PictureAsync("tabs-file-mark");
        await page.PressAsync("Escape", code: 27);
        await TabAsync(page, 1, "network");
        // A span of the first half leaves what came after it out.
        await page.EvaluateAsync(
            """
            (() => { const lane = document.querySelector('.timeline .lanes svg').getBoundingClientRect();
              const at = (type, part, node) => node.dispatchEvent(new PointerEvent(type, { bubbles: true, button: 0, clientX: lane.left + part * lane.width, clientY: lane.top + 5 }));
              at('pointerdown', 0.01, document.querySelector('.timeline .lanes')); at('pointermove', 0.5, window); at('pointerup', 0.5, window); })()
            """);
        await page.WaitAsync("location.hash.includes('to=') && document.querySelector('.timeline.brushed')");
        await page.WaitAsync($"!document.querySelector('#panel').innerText.includes({ChromiumPage.Quoted(Host)})");
        await page.PictureAsync("tabs-brushed");
        // The lanes show that span and nothing else: what was at a fifth is at two fifths, and the ticks say it.
        const string Place = "(mark => Math.round(Number(mark.getAttribute('x')) / 100))(document.querySelector('.timeline .mark.allowed'))";
        Assert.Equal(4, (double?)await page.EvaluateAsync(Place));
        Assert.True((bool?)await page.EvaluateAsync("document.querySelector('.timeline .mark.refused') === null"));
        Assert.Equal("+5.00 s", await page.TextAsync(".timeline .ticks :last-child"));
        await page.ClickAsync(".timeline button.clear");
        await page.WaitAsync("document.querySelector('.timeline .mark.refused')");
        Assert.Equal((2, "+10.0 s"), ((double?)await page.EvaluateAsync(Place), await page.TextAsync(".timeline .ticks :last-child")));
        await page.WaitAsync($"document.querySelector('#panel').innerText.includes({ChromiumPage.Quoted(Host)})");

        await TabAsync(page, 2, "processes");
        await ContainsAsync(page, ".rows [aria-label='what is below'] ~ .data", "make site");
        // Own time, the beginning of the hash, exit code; and the whole hash is found.
        await ContainsAsync(page, ".rows .tr:nth-child(2)", "curl", "-O", "8.00 s", Sha256[..12], "1");
        Assert.Equal(Sha256, (string?)await page.EvaluateAsync("document.querySelector('.rows .tr:nth-child(2) [role=cell]:nth-child(6) .data').title"));
        await page.PressAsync("/", "/", 191);
        await page.TypeAsync(Sha256[20..40]);
        await page.WaitAsync("document.querySelector('.shown').textContent === '2 of 3'");
        await ContainsAsync(page, ".rows", "make site", "curl");
        await page.EvaluateAsync("document.activeElement.select()");
        await page.TypeAsync(new string('e', 20));
        await page.WaitAsync("document.querySelector('.rows').innerText.includes('Nothing fits the filter')");
        await page.EvaluateAsync("document.activeElement.select()");
        await page.PressAsync("Backspace", code: 8);
        await page.PressAsync("Escape", code: 27);
        await TabAsync(page, 3, "files");
        // What git tracks, then folders with how many changes each has, the largest first and closed.
        Assert.Equal(
            ["tracked by git · 1 change", $"written {Tracked} by git", "/work/site · 2 changes", "/work/cache · 1 change"], await RowsAsync(page));
        await page.EvaluateAsync("document.querySelector('.rows').focus()");
        await page.PressAsync("ArrowDown", code: 40);
        await page.WaitAsync("!document.querySelector('aside.detail').hidden");
        await ContainsAsync(page, "aside.detail", Tracked, new string('1', 40), new string('2', 40));
        Assert.Equal("line 3: -return 0;\n+return 1;\n+/* " + new string('x', 150) + " */", await page.TextAsync("aside.detail > pre"));
        await page.PictureAsync("tabs-file");
        await page.PressAsync("Escape", code: 27);
        await TabAsync(page, 4, "api");
        await ContainsAsync(page, "#panel", "Not observed in this run.", "GitHub API");
        await TabAsync(page, 5, "policy");
        await ContainsAsync(page, ".policy", "allowed-endpoints", "github.com:443", "1 connection or question", "not used by this job");
        Assert.Equal($"+ - {Host}:443", await page.TextAsync(".policy .diff .added code"));
        await ContainsAsync(page, ".policy .block pre", "allow:", $"- {Host}:443");
        await TabAsync(page, 6, "raw");
        await ContainsAsync(page, "#panel pre.raw", "source-tampered", "\"protocol\": \"tcp\"");
        await ContainsAsync(
            page, "#report footer", "sallyport 0.1.0 · Linux 6.1.0 x86_64", "9 events lost: ", "records 7", "files 2", $"degraded: {Degraded}",
            $"seal of the recording {segments[^1].Seal}");
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Rows_are_grouped_and_lead_over_their_ancestry_to_the_process()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        // A destination that two programs of two steps call, and another port of it.
        var events = Events().ToList();
        events.InsertRange(
            events.FindIndex(recorded => recorded is ProcessExited),
            [
                new ConnectionJudged("c3", "tcp", "198.51.100.7", 443, Host, RecordedVerdict.Refused, null, "no-rule", "connect", "p2", null, null, 1)
                {
                    BootTimeNs = Second(9),
                    Execution = 2,
                },
                new ConnectionJudged("c4", "tcp", "198.51.100.7", 8443, Host, RecordedVerdict.Refused, null, "no-rule", "connect", "p1", null, null, 1)
                {
                    BootTimeNs = Second(9),
                    Execution = 1,
                },
            ]);
        await using var page = await OpenAsync(server, TestRecording.Of(events));
        foreach (var (group, headings) in new (string, string[])[]
        {
            ("destination",
            [
                $"{Host}:443 · 2 rows · 2 processes · 2 steps", $"{Host}:8443 · 1 row · 1 process · 1 step", "github.com:443 · 1 row · 1 process · 1 step",
            ]),
            ("step", ["Build the site · 3 rows · 1 process · 1 step", "Publish · 1 row · 1 process · 1 step"]),
            ("process", ["curl · 3 rows · 1 process · 1 step", "true · 1 row · 1 process · 1 step"]),
            ("zone", ["example.com · 3 rows · 2 processes · 2 steps", "github.com · 1 row · 1 process · 1 step"]),
        })
        {
            await page.EvaluateAsync($"location.hash = 'group={group}'");
            await page.WaitAsync($"document.querySelector('select[data-state=group]').value === '{group}' && document.querySelector('.rows .heading')");
            Assert.Equal(headings, (await RowsAsync(page, ".heading")).Order(StringComparer.Ordinal));
        }

        // Files by folder, by who made them, and by step; what git tracks is never behind a large group.
        foreach (var (group, headings) in new (string, string[])[]
        {
            ("process", ["tracked by git · 1 change", "curl · 3 changes"]), ("step", ["tracked by git · 1 change", "Build the site · 3 changes"]),
            ("folder", ["tracked by git · 1 change", "/work/site · 2 changes", "/work/cache · 1 change"]),
        })
        {
            await page.EvaluateAsync($"location.hash = 'tab=files&group={group}'");
            await page.WaitAsync($"document.querySelector('#tab-files').ariaSelected === 'true' && document.querySelector('select[data-state=group]').value === '{group}'");
            Assert.Equal(headings, await RowsAsync(page, ".heading"));
            Assert.Equal(4 + headings.Length, (await RowsAsync(page)).Count);
        }

        await page.EvaluateAsync("location.hash = ''");
        await page.ClickAsync(".rows .tr.refused");
        await page.WaitAsync("!document.querySelector('aside.detail').hidden");
        Assert.Equal(
            "make site\ncurl -O https://files.example.com/x",
            (string?)await page.EvaluateAsync("[...document.querySelectorAll('aside.detail .chain li')].map(li => li.innerText.trim()).join('\\n')"));
        await page.ClickAsync("aside.detail .chain li:first-child a");
        await page.WaitAsync("document.querySelector('#tab-processes').getAttribute('aria-selected') === 'true'");
        await ContainsAsync(page, ".rows .chosen", "make site");
        await ContainsAsync(page, "aside.detail h3", "make");
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task A_second_run_says_what_is_new_while_it_runs_and_after()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        var key = await server.KeyAsync("octo");
        var first = await server.UploadAsync(
            key, TestRecording.Job(), TestRecording.Of(new MadeJob(Sha256, Host, "198.51.100.7", "/work/x").Events()));
        await using var page = await chromium.OpenAsync();
        await BrowserTests.SignInAsync(server, page);
        await page.GoAsync(new Uri(server.Address, $"/jobs/{first.JobKey}"));
        await page.WaitAsync("document.querySelector('.rows .tr')");
        Assert.DoesNotContain("new", await page.TextAsync(".verdict"), StringComparison.Ordinal);
        Assert.DoesNotContain("new", await page.TextAsync(".th"), StringComparison.Ordinal);

        var second = await server.RegisteredAsync(key, TestRecording.Job(runId: "101"));
        var segments = TestRecording.Of(Events());
        await server.PutAllAsync(second, segments);
        await page.GoAsync(new Uri(server.Address, $"/jobs/{second.JobKey}"));
        await page.WaitAsync("document.querySelector('.verdict').innerText.includes('1 new')");
        Assert.Equal("running", await page.TextAsync("#state"));
        await ContainsAsync(page, ".card.warning", "github.com:443", "new", "no earlier run of this job");
        Assert.Equal(2, (await RowsAsync(page)).Count);
        await page.ClickAsync(".verdict .counts a[href*='new=new']");
        await page.WaitAsync("document.querySelector('.shown').textContent === '1 of 2'");
        Assert.StartsWith("✓ allowed github.com:443 + new", Assert.Single(await RowsAsync(page)), StringComparison.Ordinal);
        await page.PictureAsync("job-new");

        using var end = await server.EndAsync(second, segments.Count);
        await page.WaitAsync("document.querySelector('#state').textContent === 'ended'");
        await page.WaitAsync("document.querySelector('.verdict').innerText.includes('1 new')");
        await page.EvaluateAsync("location.hash = 'new=known'");
        await page.WaitAsync("document.querySelector('.rows').innerText.includes('known')");
        Assert.Contains(Host, Assert.Single(await RowsAsync(page)), StringComparison.Ordinal);
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Timeline_tree_and_folders_are_used_by_keyboard_alone()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        await using var page = await OpenAsync(server);
        Task<string> FocusedAsync() => AttributeAsync(page, "aria-label");
        await TabToAsync(page, ".timeline .item");
        Assert.Equal("make site", await FocusedAsync());
        Assert.Contains("make site", await page.TextAsync(".timeline h2"), StringComparison.Ordinal);
        foreach (var (key, code, label) in new[]
        {
            ("ArrowRight", 39, "curl -O https://files.example.com/x"), ("ArrowRight", 39, "✓ github.com:443 allowed, curl"),
            ("End", 35, "✗ files.example.com:443 refused, curl"), ("ArrowDown", 40, $"! {Tracked} written, tracked by git, curl"), ("ArrowDown", 40, "true"),
            ("ArrowUp", 38, $"! {Tracked} written, tracked by git, curl"), ("ArrowLeft", 37, "/work/site/out.o created, curl"),
            ("ArrowUp", 38, "✓ github.com:443 allowed, curl"),
        })
        {
            await page.PressAsync(key, code: code);
            Assert.Equal(label, await FocusedAsync());
        }

        // A span that ends here; what comes after it is left out.
        await page.PressAsync("]", "]", 221);
        await page.WaitAsync("document.querySelector('.timeline.brushed') && document.querySelector('.shown').textContent === '1 of 2'");
        Assert.Equal("✓ github.com:443 allowed, curl", await FocusedAsync());
        await page.PressAsync("Enter", "\r", 13);
        await page.WaitAsync("!document.querySelector('aside.detail').hidden");
        await ContainsAsync(page, "aside.detail", "github.com:443", "198.51.100.12");
        await page.PressAsync("Escape", code: 27);
        await TabToAsync(page, ".timeline .clear", isBack: true);
        await page.PressAsync("Enter", "\r", 13);
        await page.WaitAsync("document.querySelector('.shown').textContent === '2 of 2'");

        await TabAsync(page, 2, "processes");
        await TabToAsync(page, ".rows .toggle");
        foreach (var (expanded, rows) in new[] { ("false", 1), ("true", 3) })
        {
            await page.PressAsync("Enter", "\r", 13);
            await page.WaitAsync($"document.querySelectorAll('.rows .tr').length === {rows}");
            Assert.Equal((expanded, "what is below"), (await AttributeAsync(page, "aria-expanded"), await FocusedAsync()));
        }

        await TabToAsync(page, ".rows", isBack: true);
        foreach (var (key, code, chosen, rows) in new[]
        {
            ("ArrowDown", 40, "make site", 3), ("ArrowLeft", 37, "make site", 1), ("ArrowRight", 39, "make site", 3), ("ArrowRight", 39, "curl -O", 3),
            ("ArrowLeft", 37, "make site", 3),
        })
        {
            await page.PressAsync(key, code: code);
            await page.WaitAsync(
                $"document.querySelectorAll('.rows .tr').length === {rows} && document.querySelector('.rows .chosen').innerText.includes({ChromiumPage.Quoted(chosen)})");
        }

        await TabAsync(page, 3, "files");
        await TabToAsync(page, ".rows");
        await page.PressAsync("ArrowDown", code: 40);
        await page.PressAsync("ArrowDown", code: 40);
        await page.PressAsync("Enter", "\r", 13);
        await page.WaitAsync("document.querySelectorAll('.rows .tr').length === 6");
        Assert.Equal(
            ["/work/site · 2 changes", "created /work/site/a.o", "created /work/site/out.o", "/work/cache · 1 change"], (await RowsAsync(page)).Skip(2));
        await page.PressAsync("ArrowDown", code: 40);
        await page.WaitAsync("document.querySelector('aside.detail h3')?.innerText === '/work/site/a.o'");
        await page.PressAsync("ArrowLeft", code: 37);
        await page.PressAsync("ArrowLeft", code: 37);
        await page.WaitAsync("document.querySelectorAll('.rows .tr').length === 4");
        Assert.Equal("rows", await AttributeAsync(page, "class"));
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task What_a_job_writes_into_its_names_is_text_in_every_tab_and_detail()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        await using var page = await OpenAsync(server, TestRecording.Read(TestRecording.Corpus("hostile-text")));
        Assert.Equal("", (string?)await page.EvaluateAsync(Injected));
        await ContainsAsync(page, "#report", "<i>downloaded</i>");
        var details = new List<string>();
        foreach (var (number, name, text) in new[]
        {
            (1, "network", "<b>x</b>|`.example"), (2, "processes", ""), (3, "files", ""), (4, "api", ""), (5, "policy", "good.example:443"),
            (6, "raw", ""),
        })
        {
            await TabAsync(page, number, name);
            await ContainsAsync(page, "#panel", text);
            Assert.Equal((name, ""), (name, (string?)await page.EvaluateAsync(Injected)));
            for (var row = 0; row < (double)(await page.EvaluateAsync("document.querySelectorAll('.rows .tr').length"))!; row++)
            {
                await page.EvaluateAsync($"document.querySelectorAll('.rows .tr')[{row}].click()");
                await page.WaitAsync("!document.querySelector('aside.detail').hidden");
                Assert.Equal((name, row, ""), (name, row, (string?)await page.EvaluateAsync(Injected)));
                details.Add(await page.TextAsync("aside.detail"));
                await page.PressAsync("Escape", code: 27);
                await page.WaitAsync("document.querySelector('aside.detail').hidden");
            }
        }

        Assert.True(details.Count > 4, $"{details.Count}");
        Assert.Contains(details, detail => detail.Contains("<svg onload=alert(1)>", StringComparison.Ordinal));
        // What the check looks for is found where it is.
        Assert.NotEqual("", (string?)await page.EvaluateAsync($"document.body.append(document.createElement('img')), {Injected}"));
        Assert.Empty(page.Complaints);
    }

    private async Task<ChromiumPage> OpenAsync(TestServer server, List<TestSegment>? recording = null)
    {
        var job = await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), recording ?? TestRecording.Of(Events()));
        var page = await chromium.OpenAsync();
        await BrowserTests.SignInAsync(server, page);
        await page.GoAsync(new Uri(server.Address, $"/jobs/{job.JobKey}"));
        await page.WaitAsync("document.querySelector('.rows .tr')");
        return page;
    }

    /// <summary>Presses the Tab key until something has the focus.</summary>
    private static async Task TabToAsync(ChromiumPage page, string selector, bool isBack = false)
    {
        for (var presses = 0; presses < 80; presses++)
        {
            await page.PressAsync("Tab", code: 9, isShifted: isBack);
            if ((bool?)await page.EvaluateAsync($"document.activeElement.matches({ChromiumPage.Quoted(selector)})") == true)
            {
                return;
            }
        }

        Assert.Fail($"the Tab key does not come to {selector}");
    }

    private static async Task<string> AttributeAsync(ChromiumPage page, string name) =>
        (string?)await page.EvaluateAsync($"document.activeElement.getAttribute('{name}')") ?? "";

    /// <summary>The rows in sight as text; of a file and a connection the first cells.</summary>
    private static async Task<List<string>> RowsAsync(ChromiumPage page, string also = "") =>
        [.. ((string?)await page.EvaluateAsync(
            $$"""
            [...document.querySelectorAll('.rows .tr{{also}}')].map(row => [...row.querySelectorAll('[role=cell]')].slice(0, 3)
              .map(cell => cell.innerText.replace(/[▸▾]/g, '').trim()).filter(text => text).join(' ')).join('\n')
            """))!.Split('\n')];

    private static async Task TabAsync(ChromiumPage page, int number, string name)
    {
        await page.PressAsync($"{number}", $"{number}", 48 + number);
        await page.WaitAsync($"document.querySelector('#tab-{name}').getAttribute('aria-selected') === 'true'");
        await page.PictureAsync($"tabs-{name}");
    }

    private static async Task ContainsAsync(ChromiumPage page, string selector, params string[] texts)
    {
        var shown = await page.TextAsync(selector);
        Assert.All(texts, text => Assert.Contains(text, shown, StringComparison.Ordinal));
    }

    private static async Task<string> TitleAsync(ChromiumPage page, string selector) =>
        (string)(await page.EvaluateAsync($"document.querySelector('.timeline {selector} title').textContent"))!;

    private static IEnumerable<RecordedEvent> Events()
    {
        var (before, after) = (new string('1', 40), new string('2', 40));
        yield return new RecordingStarted(
            "0.1.0", At, "6.1.0", "x86_64", "block", "enforcing", [Degraded], ["sh", "-c", "make"], "/work", "runner",
            [new RecordedRule(0, "github.com:443", "allowed-endpoints"), new RecordedRule(1, "unused.example:443", "allowed-endpoints")],
            "allowed-endpoints") { BootTimeNs = Second(0) };
        yield return new StepStarted("s1", "Build the site", 1) { BootTimeNs = Second(0) };
        yield return new ProcessForked("p0", null, 99, null, null) { BootTimeNs = Second(0), Execution = 1 };
        yield return new ProcessExecuted("p0", "/usr/bin/make", ["make", "site"], false, "/work", 99, 1000, false, null) { BootTimeNs = Second(0), Execution = 1 };
        yield return new ProcessForked("p1", "p0", 100, null, null) { BootTimeNs = Second(1), Execution = 1 };
        yield return new ProcessExecuted("p1", "/usr/bin/curl", ["/usr/bin/curl", "-O", $"https://{Host}/x"], false, "/work", 100, 1000, false, null, "x1")
        {
            BootTimeNs = Second(1),
            Execution = 1,
        };
        yield return new ExecutableHashed("x1", "/usr/bin/curl", Sha256, 1234) { BootTimeNs = Second(1) };
        yield return new StepStarted("s2", "Publish", 2) { BootTimeNs = Second(9) };
        yield return new ProcessForked("p2", "p0", 101, null, null) { BootTimeNs = Second(9), Execution = 2 };
        yield return new ProcessExecuted("p2", "/bin/true", ["true"], false, "/work", 101, 1000, false, null) { BootTimeNs = Second(9), Execution = 2 };
        yield return new ExecutionAssigned("s2", "p2", 101, null, null, true, "identity-and-log") { BootTimeNs = Second(9), Execution = 2 };
        yield return new ExecutionAssigned("s1", "p1", 100, null, null, true, "identity-and-log") { BootTimeNs = Second(1), Execution = 1 };
        yield return new ConnectionJudged(
            "c1", "tcp", "198.51.100.12", 443, "github.com", RecordedVerdict.Allowed, 0, "rule", "connect", "p1", null, null, 1)
        {
            BootTimeNs = Second(2),
            Execution = 1,
        };
        yield return new FileChanged("/work/cache/1", "created", false, null, null, null, false, 1, "p1", null, null) { BootTimeNs = Second(2), Execution = 1 };
        yield return new FileChanged("/work/site/a.o", "created", false, null, null, null, false, 1, "p1", null, null) { BootTimeNs = Second(2), Execution = 1 };
        yield return new FileChanged("/work/site/out.o", "created", false, null, null, null, false, 1, "p1", null, null) { BootTimeNs = Second(3), Execution = 1 };
        yield return new FileChanged(Tracked, "written", true, before, after, "line 3: -return 0; ⏎ +return 1;", false, 1, "p1", null, null)
        {
            BootTimeNs = Second(4),
            Execution = 1,
        };
        yield return new FindingRaised(
            "source-tampered", "Tracked source was changed", "high", "reported",
            ImmutableDictionary<string, string>.Empty.Add("file", Tracked).Add("how", "written").Add("before", before).Add("after", after)
                .Add("difference", $"line 3: -return 0; ⏎ +return 1; ⏎ +/* {new string('x', 150)} */"),
            "p1", "s1")
        {
            BootTimeNs = Second(4),
            Execution = 1,
        };
        yield return new ConnectionJudged("c2", "tcp", "198.51.100.7", 443, Host, RecordedVerdict.Refused, null, "no-rule", "connect", "p1", null, null, 2)
        {
            BootTimeNs = Second(8),
            Execution = 1,
        };
        yield return new ProcessExited("p1", 1, null) { BootTimeNs = Second(9), Execution = 1 };
        yield return new StepEnded("s1", "failure") { BootTimeNs = Second(9) };
        yield return new StepEnded("s2", "success") { BootTimeNs = Second(10) };
        yield return new EventsLost("records", 7) { BootTimeNs = Second(10) };
        yield return new EventsLost("files", 2) { BootTimeNs = Second(10) };
        yield return new RecordingEnded(At.AddSeconds(10), 1, null) { BootTimeNs = Second(10) };
    }

    private static long Second(int number) => 1 + (number * 1_000_000_000L);
}
