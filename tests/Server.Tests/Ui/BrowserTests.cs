using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Server.Access;

namespace Sallyport.Server.Tests.Ui;

/// <summary>The pages in Chromium, with the policy of the server in force: what it refuses is a complaint, and fails the test.</summary>
public sealed class BrowserTests(PostgresCluster cluster, SharedChromium chromium)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_page_becomes_the_first_job_which_is_live()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        await using var page = await chromium.OpenAsync();
        await SignInAsync(server, page);
        await page.PictureAsync("settings-welcome");
        await page.GoAsync(server.Address);
        await page.WaitAsync("document.querySelector('#first')?.textContent.includes('waiting for the first job')");
        await page.EvaluateAsync("document.querySelector('input[name=owner]').focus()");
        await page.TypeAsync("octo");
        await page.PictureAsync("first-before");
        await page.PressAsync("Enter", "\r", 13);
        await page.WaitAsync("document.querySelector('#key')?.textContent.startsWith('spk_')");
        await page.PictureAsync("first-key");
        var key = await page.TextAsync("#key");

        var job = await server.RegisteredAsync(key, TestRecording.Job());
        await page.WaitAsync($"location.pathname === '/jobs/{job.JobKey}'");
        await page.WaitAsync("document.querySelector('#state')?.textContent.includes('waiting for its first events')");
        await page.EvaluateAsync("window.sameDocument = true");
        var segments = TestRecording.Small(DateTimeOffset.UtcNow);
        await server.PutAllAsync(job, segments.Take(segments.Count / 2));
        await page.WaitAsync("document.querySelector('#tab-network')");
        Assert.Contains("running", await page.TextAsync("#state"), StringComparison.Ordinal);
        Assert.Contains("running", await page.TextAsync(".verdict"), StringComparison.Ordinal);

        // Somebody types while the job goes on: what they typed, the caret and the tab stay.
        await page.PressAsync("2", "2", 50);
        await page.WaitAsync("document.querySelector('#tab-processes').getAttribute('aria-selected') === 'true'");
        await page.PressAsync("/", "/", 191);
        await page.TypeAsync("c");
        await page.WaitAsync("location.hash.includes('q=c')");
        var before = await CountAsync(page, "#tab-processes small");
        await page.PictureAsync("job-live");
        await server.PutAllAsync(job, segments.Skip(segments.Count / 2));
        await page.WaitAsync($"Number(document.querySelector('#tab-processes small').textContent) > {before}");
        Assert.Equal("c", (string?)await page.EvaluateAsync("document.activeElement.value"));
        await page.TypeAsync("url");
        await page.WaitAsync("location.hash === '#tab=processes&q=curl'");

        using var end = await server.EndAsync(job, segments.Count);
        await page.WaitAsync("document.querySelector('#state').textContent === 'ended'");
        await page.WaitAsync("document.querySelector('.verdict').innerText.includes('2 refused')");
        Assert.Equal("curl", (string?)await page.EvaluateAsync("document.activeElement.value"));
        Assert.True((bool?)await page.EvaluateAsync("window.sameDocument"));
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task The_tables_of_a_job_are_filtered_by_keys_and_the_address_brings_it_back()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        var job = await server.UploadAsync(
            await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Read(TestRecording.Corpus("runner-steps")));
        await using var page = await chromium.OpenAsync();
        await SignInAsync(server, page);
        await page.GoAsync(new Uri(server.Address, $"/jobs/{job.JobKey}"));
        await page.WaitAsync("document.querySelector('.rows .tr')");
        await page.PictureAsync("job");
        await page.EvaluateAsync("document.querySelector('select[aria-label=\"every verdict\"]').value = 'refused'");
        await page.EvaluateAsync("document.querySelector('select[aria-label=\"every verdict\"]').dispatchEvent(new Event('change'))");
        await page.WaitAsync("location.hash === '#verdict=refused'");
        await page.WaitAsync("(rows => rows.length > 0 && rows.every(row => row.innerText.includes('refused')))([...document.querySelectorAll('.rows .tr')])");

        await page.PressAsync("2", "2", 50);
        await page.PressAsync("/", "/", 191);
        await page.TypeAsync("docker");
        await page.WaitAsync("location.hash.includes('q=docker')");
        await page.WaitAsync("[...document.querySelectorAll('.rows .tr')].some(row => row.innerText.includes('docker'))");
        await page.PressAsync("Escape", code: 27);
        await page.EvaluateAsync("document.querySelector('.rows').focus()");
        await page.PressAsync("ArrowDown", code: 40);
        await page.WaitAsync("!document.querySelector('aside.detail').hidden");
        await page.PictureAsync("job-process");

        var address = (string?)await page.EvaluateAsync("location.href");
        await using var other = await chromium.OpenAsync();
        await SignInAsync(server, other);
        await other.GoAsync(new Uri(address!));
        await other.WaitAsync("document.querySelector('aside.detail') && !document.querySelector('aside.detail').hidden");
        Assert.Equal("docker", (string?)await other.EvaluateAsync("document.querySelector('#panel input').value"));
        Assert.Empty(page.Complaints);
        Assert.Empty(other.Complaints);
    }

    [Fact]
    public async Task A_finding_is_suppressed_by_keyboard_and_comes_back()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        await server.UploadAsync(
            await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Read(TestRecording.Corpus("name-mismatch")));
        await using var page = await chromium.OpenAsync();
        await SignInAsync(server, page);
        await page.GoAsync(new Uri(server.Address, "/findings"));
        await page.PictureAsync("findings");
        await page.EvaluateAsync("document.querySelector('a[href$=\"#suppress\"]').focus()");
        await page.PressAsync("Enter", "\r", 13);
        await page.WaitAsync("document.querySelector('textarea[name=reason]')");
        await page.PictureAsync("finding");
        await page.EvaluateAsync("document.querySelector('textarea[name=reason]').focus()");
        await page.TypeAsync("the proxy of the build adds it");
        await page.PressAsync("Tab", code: 9);
        await page.PressAsync("Enter", "\r", 13);
        await page.WaitAsync("document.querySelector('#status')?.textContent === 'suppressed'");
        await page.PictureAsync("finding-suppressed");
        await page.GoAsync(new Uri(server.Address, "/findings"));
        await page.WaitAsync("document.body.innerText.includes('No finding fits')");
        await page.GoAsync(new Uri(server.Address, "/suppressions"));
        await page.PictureAsync("suppressions");
        await page.ClickAsync("td form button");
        await page.WaitAsync("document.body.innerText.includes('Nothing is suppressed')");
        await page.GoAsync(new Uri(server.Address, "/findings"));
        await page.WaitAsync("document.body.innerText.includes('A NAT rule was added')");
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Pages_fit_narrow_and_wide_in_dark_and_light()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        var key = await server.KeyAsync("octo");
        var run = 0;
        var last = "";
        foreach (var (repository, corpus) in new[]
        {
            ("site", "refused-canary"), ("site", "name-mismatch"), ("site", "refused-canary"), ("library", "runner-steps"), ("tools", "audit-many"),
            ("tools", "hostile-text"), ("tools", "losses-truncated"),
        })
        {
            var registration = TestRecording.Job($"octo/{repository}", (++run).ToString(CultureInfo.InvariantCulture), $"job-{repository}");
            last = (await server.UploadAsync(key, registration, TestRecording.Read(TestRecording.Corpus(corpus)))).JobKey;
        }

        await using var page = await chromium.OpenAsync();
        await SignInAsync(server, page);
        var led = new List<string>();
        foreach (var (list, link) in new[] { ("/destinations", "/destination?"), ("/findings", "/findings/") })
        {
            await page.GoAsync(new Uri(server.Address, list));
            led.Add((string)(await page.EvaluateAsync($"document.querySelector('main a[href^=\"{link}\"]').getAttribute('href')"))!);
        }

        foreach (var (scheme, width) in new[] { ("light", 1280), ("dark", 400) })
        {
            await page.SchemeAsync(scheme);
            await page.ResizeAsync(width, 900);
            foreach (var path in (string[])
            [
                "/", "/runs", "/repositories", "/workflows", "/destinations", "/findings", "/unprotected", "/runners", "/search?q=site",
                "/search/events?what=name&value=*.example.com&owner=octo", "/policies", "/policies/edit?owner=octo&name=strict",
                "/policies/deny-list?owner=octo", "/policies/overrides?owner=octo", "/suppressions", "/settings",
                "/settings/keys?owner=octo", "/settings/members", "/settings/retention?owner=octo", "/settings/audit", "/sign-in", $"/jobs/{last}", .. led,
            ])
            {
                await page.GoAsync(new Uri(server.Address, path));
                if (path.StartsWith("/jobs", StringComparison.Ordinal))
                {
                    await page.WaitAsync("document.querySelector('#tab-network')");
                }

                await page.PictureAsync($"{scheme}-{width}-{(path == "/" ? "overview" : path[1..].Split('?')[0].Replace('/', '-')[..Math.Min(18, path[1..].Split('?')[0].Length)])}");
                Assert.True(
                    await CountAsync(page, "document.scrollingElement.scrollWidth - innerWidth", isExpression: true) <= 0,
                    $"{path} is wider than {width} pixels");
                Assert.Equal(1, await CountAsync(page, "document.querySelectorAll('h1').length", isExpression: true));
            }
        }

        Assert.Empty(page.Complaints);
    }

    internal static async Task SignInAsync(TestServer server, ChromiumPage page)
    {
        var secret = await server.Services.GetRequiredService<Accounts>().InviteAdministratorAsync(Actor.Console, Cancellation);
        await page.GoAsync(new Uri(server.Address, $"/sign-in/link/{secret}"));
        await page.WaitAsync("document.activeElement?.matches('button')"); // autofocus comes with the first frame, after the document
        await page.PressAsync("Enter", "\r", 13);
        await page.WaitAsync("location.pathname !== '/sign-in/link/' && document.querySelector('nav.places')");
    }

    internal static async Task<double> CountAsync(ChromiumPage page, string selector, bool isExpression = false) =>
        (double)(await page.EvaluateAsync(isExpression
            ? selector
            : $"Number(document.querySelector({ChromiumPage.Quoted(selector)}).textContent.replaceAll(',', ''))"))!;
}
