namespace Sallyport.Runner.Working;

/// <summary>
/// Steps with <c>background: true</c>: at most ten at once, until a step waits for them or the posts begin. Read in the source
/// (BackgroundStepCoordinator), not measured.
/// </summary>
internal sealed class BackgroundSteps(WorkerLog log)
{
    private const string Source = "BackgroundStepCoordinator";

    private readonly SemaphoreSlim _slots = new(10);
    private readonly Dictionary<string, Task<(OpenStep Open, StepEnding Ending)>> _running = [];

    public void Start(string id, Func<Task<(OpenStep Open, StepEnding Ending)>> run)
    {
        _running[id] = InSlotAsync(id, run);
        log.Write(Source, $"Background step '{id}' queued (slot will be acquired asynchronously).");
    }

    public void Completed(string id, string conclusion)
    {
        string result = conclusion switch { "success" => "Succeeded", "failure" => "Failed", _ => "Canceled" };
        log.Write(Source, $"Background step '{id}' completed with result: {result}");
    }

    /// <summary>Those that have not been waited for yet, in the order in which they began; all of them for no ids.</summary>
    public async Task<IReadOnlyList<(OpenStep Open, StepEnding Ending)>> WaitAsync(IReadOnlyList<string> ids)
    {
        List<(OpenStep, StepEnding)> ended = [];
        foreach ((string id, Task<(OpenStep, StepEnding)> task) in _running.Where(one => ids.Count == 0 || ids.Contains(one.Key)).ToList())
        {
            ended.Add(await task);
            _running.Remove(id);
        }

        return ended;
    }

    private async Task<(OpenStep Open, StepEnding Ending)> InSlotAsync(string id, Func<Task<(OpenStep Open, StepEnding Ending)>> run)
    {
        log.Write(Source, $"Background step '{id}' waiting for slot.");
        await _slots.WaitAsync();
        try
        {
            log.Write(Source, $"Background step '{id}' acquired slot.");
            return await run();
        }
        finally
        {
            _slots.Release();
        }
    }
}
