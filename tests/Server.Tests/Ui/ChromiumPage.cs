using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Sallyport.Server.Tests.Ui;

/// <summary>A page of the browser. What its scripts or its policy complain about is kept: <see cref="Complaints"/>.</summary>
internal sealed class ChromiumPage(Chromium browser, string session, string context) : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Errors of scripts, what the Content-Security-Policy refused, and dialogs.</summary>
    public ConcurrentQueue<string> Complaints { get; } = new();

    public async Task PrepareAsync(int width, int height)
    {
        browser.Happened += Hear;
        await CallAsync("Page.enable");
        await CallAsync("Runtime.enable");
        await CallAsync("Log.enable");
        // Several pages are in the foreground at once: each has the focus, and hears its keys.
        await CallAsync("Emulation.setFocusEmulationEnabled", new JsonObject { ["enabled"] = true });
        await ResizeAsync(width, height);
    }

    /// <summary>Closes it.</summary>
    public async ValueTask DisposeAsync()
    {
        browser.Happened -= Hear;
        await browser.CallAsync("Target.disposeBrowserContext", new JsonObject { ["browserContextId"] = context });
    }

    public Task ResizeAsync(int width, int height) => CallAsync("Emulation.setDeviceMetricsOverride", new JsonObject
    {
        ["width"] = width,
        ["height"] = height,
        ["deviceScaleFactor"] = 1,
        ["mobile"] = false,
    });

    public Task SchemeAsync(string scheme) => CallAsync("Emulation.setEmulatedMedia", new JsonObject
    {
        ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme }),
    });

    /// <summary>Goes somewhere and waits until the document is there.</summary>
    public async Task GoAsync(Uri address)
    {
        await WaitAsync("window.isLeft = true");
        var answer = await CallAsync("Page.navigate", new JsonObject { ["url"] = address.ToString() });

        // Without a loader it is another part of the same document.
        var isThere = answer["loaderId"] is null ? "true" : "!window.isLeft";
        await WaitAsync($"{isThere} && document.readyState === 'complete' && location.href.startsWith({Quoted(address.GetLeftPart(UriPartial.Authority))})");
    }

    /// <summary>The value of an expression.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        var answer = await AskAsync(expression);
        Assert.True(answer["exceptionDetails"] is null, $"{expression}: {answer["exceptionDetails"]?.ToJsonString()}");
        return answer["result"]!["value"];
    }

    public async Task<string> TextAsync(string selector) => (string?)await EvaluateAsync(
        $"document.querySelector({Quoted(selector)})?.innerText ?? ''") ?? "";

    /// <summary>Waits until an expression is true.</summary>
    /// <param name="expression">Of JavaScript; one that throws is asked again.</param>
    /// <param name="patience">Where a page takes longer than others.</param>
    public async Task WaitAsync(string expression, TimeSpan? patience = null)
    {
        var until = DateTimeOffset.UtcNow + (patience ?? Deadline);
        while (true)
        {
            try
            {
                // What is not there yet throws, and is asked for again.
                var answer = await AskAsync($"Boolean({expression})");
                if (answer["exceptionDetails"] is null && (bool?)answer["result"]!["value"] == true)
                {
                    return;
                }
            }
            catch (InvalidOperationException) when (DateTimeOffset.UtcNow < until)
            {
                // The page is going elsewhere: its context is gone.
            }

            Assert.True(
                DateTimeOffset.UtcNow < until,
                $"not so within {Deadline}: {expression}\n{(string?)await EvaluateAsync("location.href + '\\n' + document.body?.innerText.slice(0, 3000)")}\n{string.Join('\n', Complaints)}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public async Task ClickAsync(string selector)
    {
        await WaitAsync($"document.querySelector({Quoted(selector)})");
        await EvaluateAsync($"document.querySelector({Quoted(selector)}).click()");
    }

    /// <summary>Types into what has the focus.</summary>
    public Task TypeAsync(string text) => CallAsync("Input.insertText", new JsonObject { ["text"] = text });

    /// <summary>Presses a key.</summary>
    public async Task PressAsync(string key, string? text = null, int code = 0, bool isShifted = false)
    {
        foreach (var type in new[] { "keyDown", "keyUp" })
        {
            var press = new JsonObject { ["type"] = type, ["key"] = key, ["windowsVirtualKeyCode"] = code, ["modifiers"] = isShifted ? 8 : 0 };
            if (text is not null && type == "keyDown")
            {
                press["text"] = text;
            }

            await CallAsync("Input.dispatchKeyEvent", press);
        }
    }

    /// <summary>Prints it, as a person does; the PDF.</summary>
    public async Task<byte[]> PrintAsync() =>
        Convert.FromBase64String((string)(await CallAsync("Page.printToPDF", new JsonObject { ["printBackground"] = true }))["data"]!);

    /// <summary>As it is on paper, or on the screen again.</summary>
    public Task MediumAsync(string medium) => CallAsync("Emulation.setEmulatedMedia", new JsonObject { ["media"] = medium });

    /// <summary>Keeps a picture of the page in the folder that SALLYPORT_SCREENSHOTS names, if any.</summary>
    public async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("SALLYPORT_SCREENSHOTS") is { Length: > 0 } folder)
        {
            var picture = await CallAsync("Page.captureScreenshot", new JsonObject { ["format"] = "png" });
            await File.WriteAllBytesAsync(
                Path.Combine(folder, name + ".png"), Convert.FromBase64String((string)picture["data"]!), TestContext.Current.CancellationToken);
        }
    }

    public static string Quoted(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    private void Hear(string from, string name, JsonNode? what)
    {
        if (from == session && (name is "Runtime.exceptionThrown" or "Page.javascriptDialogOpening"
            || (name == "Log.entryAdded" && (string?)what!["entry"]!["level"] == "error")))
        {
            Complaints.Enqueue(what!.ToJsonString());
        }
    }

    private Task<JsonNode> AskAsync(string expression) => CallAsync("Runtime.evaluate", new JsonObject
    {
        ["expression"] = expression,
        ["returnByValue"] = true,
        ["awaitPromise"] = true,
        ["userGesture"] = true,
    });

    private Task<JsonNode> CallAsync(string method, JsonObject? parameters = null) => browser.CallAsync(method, parameters ?? [], session);
}
