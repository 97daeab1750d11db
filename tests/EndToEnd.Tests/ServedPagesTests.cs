using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;
using Sallyport.Server.Tests.Ui;

namespace Sallyport.EndToEnd.Tests;

/// <summary>A real agent, a real server and its pages in Chromium, which runs in the network of the machine: nothing of it is in between.</summary>
[Collection(nameof(Alone))]
public sealed class ServedPagesTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Strict = "version: 1\nmode: block\nallow:\n  - v4.test:80\n";
    private const string Rows = "[...document.querySelectorAll('.rows .tr')]";

    private static string Workflow(string key) => $"""
        name: Seen
        on: push
        jobs:
          build:
            runs-on: ubuntu-24.04
            steps:
              - name: Harden Runner
                uses: step-security/harden-runner@rc
                with:
                  use-policy-store: true
                  server-url: {ServedServer.Address}
                  api-key: {key}
              - name: Call out
                id: call
                run: |
                  curl -sS --max-time 30 http://v4.test/allowed
                  curl -sS --max-time 30 http://{LabAddresses.Attacker}/out || echo "curl says $?"
                  sudo -n ip route replace 198.51.100.192/26 dev lo
                  while [ ! -e $SIGNS/go ]; do sleep 0.05; done
        """;

    [Fact]
    public async Task What_an_administrator_does_in_the_pages_is_what_jobs_obey_and_what_jobs_do_is_in_the_pages()
    {
        RunnerMachine machine = fixture.Machine;
        await using ServedServer server = await ServedServer.StartAsync(machine);
        await using Chromium chromium = await Chromium.StartAsync(machine.Network.Within);
        await using ChromiumPage page = await chromium.OpenAsync();
        await SignInAsync(page, await server.AdministratorLinkAsync());

        // A key, a policy and where it holds, before there is any job.
        await GoAsync(page, "/");
        await FillAsync(page, "input[name=owner]", "octo");
        await page.ClickAsync("form[action*=Key] button.primary");
        await page.WaitAsync("document.querySelector('#key')?.textContent.startsWith('spk_')");
        string key = await page.TextAsync("#key");
        await SaveAsync(page, Strict, "the first one", 1);
        await GoAsync(page, "/policies?owner=octo");
        await page.ClickAsync("form[action*=Attach] button.primary");
        await page.WaitAsync("document.querySelector('form[action*=Detach]')");

        // The first page becomes the first job's by itself, and shows what it does while it runs.
        await GoAsync(page, "/");
        await page.WaitAsync("document.querySelector('#first').textContent.includes('waiting for the first job')");
        using StartedRun started = Start(key, "201");
        await page.WaitAsync("location.pathname.startsWith('/jobs/')");
        await page.WaitAsync($"{Rows}.some(row => row.innerText.includes('v4.test'))");
        await page.WaitAsync($"{Rows}.some(row => row.innerText.includes('{LabAddresses.Attacker}') && row.innerText.includes('refused'))");
        Assert.Contains("running", await page.TextAsync("#state"), StringComparison.Ordinal);
        await page.EvaluateAsync("document.querySelector('select[aria-label=\"every verdict\"]').value = 'refused'");
        await page.EvaluateAsync("document.querySelector('select[aria-label=\"every verdict\"]').dispatchEvent(new Event('change'))");
        await page.WaitAsync($"(rows => rows.length > 0 && rows.every(row => row.innerText.includes('refused')))({Rows})");
        await page.PressAsync("2", "2", 50);
        await page.PressAsync("/", "/", 191);
        await page.TypeAsync("curl");
        await page.WaitAsync($"{Rows}.some(row => row.innerText.includes('curl')) && {Rows}.some(row => row.innerText.includes('Runner.Worker'))");
        WorkflowRun first = await EndAsync(started);
        Assert.False(first.Traffic.Contains("/out "), first.ToString());
        await page.WaitAsync("document.querySelector('#state').textContent === 'ended'");
        await page.WaitAsync("document.querySelector('.verdict').innerText.includes('1 refused')");
        Assert.Equal("curl", (string?)await page.EvaluateAsync("document.querySelector('#panel input').value"));

        // What it changed on the machine is a finding until somebody suppresses it.
        await GoAsync(page, "/findings");
        await page.WaitAsync("document.body.innerText.includes('A route was added')");
        await page.ClickAsync("a[href$=\"#suppress\"]");
        await page.WaitAsync("document.querySelector('textarea[name=reason]')");
        await FillAsync(page, "textarea[name=reason]", "the laboratory's own");
        await page.ClickAsync("form[action*=Suppress] button.primary");
        await page.WaitAsync("document.querySelector('#status')?.textContent === 'suppressed'");

        // An edit is with the next job, and the finding stays away.
        await SaveAsync(page, $"{Strict}  - {LabAddresses.Attacker}:80\n", "its mirror", 2);
        using StartedRun next = Start(key, "202");
        WorkflowRun second = await EndAsync(next);
        Assert.True(second.Traffic.Contains("/out "), second.ToString());
        await GoAsync(page, "/runs");
        await page.WaitAsync("document.querySelectorAll('a[href^=\"/jobs/\"]').length >= 2");
        await page.WaitAsync("document.querySelector('main').innerText.match(/ended|success|clean/)");
        await GoAsync(page, "/findings");
        await page.WaitAsync("document.body.innerText.includes('No finding fits')");

        // Somebody who may only read reads the same, and changes nothing.
        await GoAsync(page, "/settings/members?owner=octo");
        await FillAsync(page, "form[action*=Invite] input[name=name]", "reader");
        await page.EvaluateAsync("document.querySelector('form[action*=Invite] select[name=role]').value = 'Viewer'");
        await page.ClickAsync("form[action*=Invite] button.primary");
        await page.WaitAsync("document.querySelector('.key-once code')");
        await page.PictureAsync("members");
        Uri link = new(await page.TextAsync(".key-once code"));
        ChromiumPage reader = await chromium.OpenAsync();
        await SignInAsync(reader, new Uri($"{ServedServer.Address}{link.AbsolutePath}"));
        await GoAsync(reader, "/runs");
        await reader.WaitAsync("document.querySelectorAll('a[href^=\"/jobs/\"]').length >= 2");
        await GoAsync(reader, "/policies/edit?owner=octo&name=base");
        Assert.Equal(true, (bool?)await reader.EvaluateAsync("document.querySelector('#text').readOnly && !document.querySelector('[formaction*=Save]')"));
        Assert.Empty(page.Complaints);
        Assert.Empty(reader.Complaints);
    }

    private StartedRun Start(string key, string run)
    {
        fixture.Machine.Network.World.Clear();
        return fixture.Machine.Start(Workflow(key), "--user", RunnerMachine.User, "--repository", "octo/demo", "--run-id", run);
    }

    private static async Task<WorkflowRun> EndAsync(StartedRun started)
    {
        await File.WriteAllTextAsync(Path.Combine(started.Folder, "go"), "", TestContext.Current.CancellationToken);
        WorkflowRun run = await started.EndAsync();
        Assert.True(run.ConclusionOf() == "success", run.ToString());
        return run;
    }

    private static async Task SignInAsync(ChromiumPage page, Uri link)
    {
        await page.GoAsync(link);
        await page.PressAsync("Enter", "\r", 13);
        await page.WaitAsync("location.pathname !== '/sign-in/link/' && document.querySelector('nav.places')");
    }

    private static Task GoAsync(ChromiumPage page, string path) => page.GoAsync(new Uri($"{ServedServer.Address}{path}"));

    private static async Task FillAsync(ChromiumPage page, string selector, string text)
    {
        await page.WaitAsync($"document.querySelector({ChromiumPage.Quoted(selector)})");
        await page.EvaluateAsync($"document.querySelector({ChromiumPage.Quoted(selector)}).value = {ChromiumPage.Quoted(text)}");
    }

    private static async Task SaveAsync(ChromiumPage page, string policy, string why, int version)
    {
        await GoAsync(page, "/policies/edit?owner=octo&name=base");
        await FillAsync(page, "#text", policy);
        await FillAsync(page, "input[name=comment]", why);
        await page.ClickAsync("[formaction*=Save]");
        await page.WaitAsync($"document.querySelector('h1').innerText.includes('version {version}')");
    }
}
