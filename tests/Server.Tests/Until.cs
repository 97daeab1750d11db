using System.Diagnostics;

namespace Sallyport.Server.Tests;

/// <summary>Waits for a state, and says which one did not come about.</summary>
internal static class Until
{
    // A machine that is busy with other things is no mistake.
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(2);

    public static Task IsAsync(Func<Task<bool>> isSo, string what) => NothingAsync(async () => await isSo() ? null : what);

    /// <param name="missing">What is still missing; null when nothing is.</param>
    public static async Task NothingAsync(Func<Task<string?>> missing)
    {
        for (var watch = Stopwatch.StartNew(); await missing() is { } what;)
        {
            Assert.True(watch.Elapsed < AtMost, $"after {AtMost.TotalMinutes} minutes it is not so: {what}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
