using Microsoft.Extensions.DependencyInjection;
using Sallyport.Server.Access;
using Sallyport.Server.Policies;
using Sallyport.Server.Tests.Ui;

namespace Sallyport.Server.Tests.Reference;

/// <summary>The page to try the interface, in Chromium, with its policy in force.</summary>
public sealed class ReferencePageTests(PostgresCluster cluster, SharedChromium chromium)
{
    private const string Text = "version: 1\nmode: block\nallow: [] # <img src=x onerror=alert(1)>\n";

    private const string Operation = "[...document.querySelectorAll('#operations > details')].find(one => one.querySelector('code').textContent === '/api/v1/policy')";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_operation_is_tried_with_a_key_and_its_real_answer_is_shown_as_text()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        var key = await server.KeyAsync("octo");
        var policies = server.Services.GetRequiredService<PolicyStore>();
        Assert.Empty(await policies.SaveAsync("octo", "strict", Text, null, Actor.Console, Cancellation));
        var place = new BindingRow { Owner = "octo", Policy = "strict", Repository = "", Workflow = "", JobName = "" };
        Assert.Null(await policies.AttachAsync(place, Actor.Console, Cancellation));

        await using var page = await chromium.OpenAsync();
        await page.GoAsync(new Uri(server.Address, "/api/v1"));
        await page.WaitAsync(Operation);
        await page.PictureAsync("api-light");
        var operations = await page.TextAsync("#operations");
        foreach (var path in new[] { "/api/v1/jobs", "/api/v1/policy", "/api/v1/search", "The policy of a job" })
        {
            Assert.Contains(path, operations, StringComparison.Ordinal);
        }

        await page.EvaluateAsync($"{Operation}.open = true");
        await page.EvaluateAsync("document.querySelector('#token').focus()");
        await page.TypeAsync(key);
        await page.EvaluateAsync($"{Operation}.querySelector('input').focus()");
        await page.TypeAsync("octo/site");
        await page.PressAsync("Enter", "\r", 13);
        await page.WaitAsync($"{Operation}.querySelector('.answer b')?.textContent.startsWith('200')");
        var answer = (string?)await page.EvaluateAsync($"{Operation}.querySelector('.answer').textContent");
        Assert.Contains("GET /api/v1/policy?repository=octo%2Fsite", answer, StringComparison.Ordinal);
        Assert.Contains("\"name\": \"strict\"", answer, StringComparison.Ordinal);
        Assert.Contains("content-type", answer, StringComparison.Ordinal);
        Assert.Contains("<img src=x onerror=alert(1)>", answer, StringComparison.Ordinal);
        Assert.Equal(0, (int?)await page.EvaluateAsync("document.images.length"));
        Assert.DoesNotContain(key, (string?)await page.EvaluateAsync("location.href + document.body.innerText"), StringComparison.Ordinal);
        Assert.Empty(page.Complaints);

        await page.EvaluateAsync($"{Operation}.scrollIntoView()");
        foreach (var (scheme, width) in new[] { ("light", 1280), ("dark", 1280), ("dark", 400) })
        {
            await page.SchemeAsync(scheme);
            await page.ResizeAsync(width, 900);
            await page.PictureAsync($"api-answer-{scheme}-{width}");
            Assert.True((double)(await page.EvaluateAsync("document.scrollingElement.scrollWidth - innerWidth"))! <= 0, $"it is wider than {width} pixels");
        }

        // Of another organisation: refused, and told as the server tells it.
        await page.EvaluateAsync($"{Operation}.querySelector('input').value = 'acme/site'");
        await page.EvaluateAsync($"{Operation}.querySelector('button').click()");
        await page.WaitAsync($"{Operation}.querySelector('.answer b')?.textContent.startsWith('403')");
        Assert.Contains("not for this repository", (string?)await page.EvaluateAsync($"{Operation}.querySelector('.answer pre').textContent"), StringComparison.Ordinal);
    }
}
