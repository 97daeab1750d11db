namespace Sallyport.Server.Tests.Ui;

/// <summary>One browser for all tests, started when the first asks for it: each page has cookies of its own, and goes with its test.</summary>
public sealed class SharedChromium : IAsyncLifetime
{
    private readonly Lazy<Task<Chromium>> started = new(() => Chromium.StartAsync());

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (started is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await started.Value).DisposeAsync();
        }
    }

    internal async Task<ChromiumPage> OpenAsync() => await (await started.Value).OpenAsync();
}
