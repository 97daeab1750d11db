using System.Collections.Immutable;
using Sallyport.Protocol.Recording;

namespace Sallyport.Server.Tests.Ui;

/// <summary>What each part of a job's page draws of a recording that has something for it.</summary>
public sealed class JobTabTests(PostgresCluster cluster)
{
    private const string Host = "files.example.com";
    private const string Tracked = "/work/site/src/main.c";

    private static readonly DateTimeOffset At = new(2026, 11, 26, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Timeline_findings_and_every_tab_say_what_the_job_did()
    {
        await using var chromium = await Chromium.StartAsync();
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        var job = await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Of(Events()));
        var page = await chromium.OpenAsync();
        await BrowserTests.SignInAsync(server, page);
        await page.GoAsync(new Uri(server.Address, $"/jobs/{job.JobKey}"));
        await page.WaitAsync("document.querySelector('.rows .tr')");
        await page.PictureAsync("tabs-network");
        await ContainsAsync(page, ".needs", "Needs you", Host, "no rule allows it", "Tracked source was changed");
        // The difference of the file that was tampered with: its lines below each other, nothing of them left out.
        Assert.Equal("line 3: -return 0;\n+return 1;\n+/* " + new string('x', 150) + " */", await page.TextAsync(".card dl pre"));
        await ContainsAsync(page, "#panel", Host, "refused", "github.com", "allowed", "Build the site");

        Assert.Equal("Build the site", await page.TextAsync(".timeline .lane .name"));
        Assert.Contains("curl -O", await TitleAsync(page, ".bar"), StringComparison.Ordinal);
        Assert.EndsWith($"{Host}:443 refused, curl", await TitleAsync(page, ".mark.refused"), StringComparison.Ordinal);
        await page.EvaluateAsync("document.querySelector('.timeline .mark.refused').dispatchEvent(new MouseEvent('click', { bubbles: true }))");
        await page.WaitAsync("!document.querySelector('aside.detail').hidden");
        await ContainsAsync(page, "aside.detail", Host, "198.51.100.7");
        await page.PressAsync("Escape", code: 27);
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
        await page.ClickAsync(".timeline button.clear");
        await page.WaitAsync($"document.querySelector('#panel').innerText.includes({ChromiumPage.Quoted(Host)})");

        await TabAsync(page, 2, "processes");
        await ContainsAsync(page, "#panel", "curl", "-O");
        await TabAsync(page, 3, "files");
        await ContainsAsync(page, "#panel", Tracked, "written", "by git", "/work/site/out.o", "created");
        await page.EvaluateAsync("document.querySelector('.rows').focus()");
        await page.PressAsync("ArrowDown", code: 40);
        await page.WaitAsync("!document.querySelector('aside.detail').hidden");
        await ContainsAsync(page, "aside.detail", Tracked, new string('1', 40), new string('2', 40));
        await page.PictureAsync("tabs-file");
        await page.PressAsync("Escape", code: 27);
        await TabAsync(page, 4, "api");
        await ContainsAsync(page, "#panel", "GitHub API");
        await TabAsync(page, 5, "policy");
        await ContainsAsync(page, ".policy", "allowed-endpoints", "github.com:443", "1 connection or question", "not used by this job");
        Assert.Equal($"+ - {Host}:443", await page.TextAsync(".policy .diff .added code"));
        await ContainsAsync(page, ".policy .block pre", "allow:", $"- {Host}:443");
        await TabAsync(page, 6, "raw");
        await ContainsAsync(page, "#panel pre.raw", "source-tampered", "\"protocol\": \"tcp\"");
        Assert.Empty(page.Complaints);
    }

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
            "0.1.0", At, "6.1.0", "x86_64", "block", "enforcing", [], ["sh", "-c", "make"], "/work", "runner",
            [new RecordedRule(0, "github.com:443", "allowed-endpoints"), new RecordedRule(1, "unused.example:443", "allowed-endpoints")],
            "allowed-endpoints") { BootTimeNs = Second(0) };
        yield return new StepStarted("s1", "Build the site", 1) { BootTimeNs = Second(0) };
        yield return new ProcessForked("p1", null, 100, null, null) { BootTimeNs = Second(1), Execution = 1 };
        yield return new ProcessExecuted("p1", "/usr/bin/curl", ["/usr/bin/curl", "-O", $"https://{Host}/x"], false, "/work", 100, 1000, false, null)
        {
            BootTimeNs = Second(1),
            Execution = 1,
        };
        yield return new ExecutionAssigned("s1", "p1", 100, null, null, true, "identity-and-log") { BootTimeNs = Second(1), Execution = 1 };
        yield return new ConnectionJudged(
            "c1", "tcp", "198.51.100.12", 443, "github.com", RecordedVerdict.Allowed, 0, "rule", "connect", "p1", null, null, 1)
        {
            BootTimeNs = Second(2),
            Execution = 1,
        };
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
        yield return new RecordingEnded(At.AddSeconds(10), 1, null) { BootTimeNs = Second(10) };
    }

    private static long Second(int number) => 1 + (number * 1_000_000_000L);
}
