using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Sallyport.Runner.Expressions;
using Sallyport.Runner.Messages;
using Sallyport.Runner.Workflows;

namespace Sallyport.Runner.Service;

/// <summary>
/// Gives the jobs to runners once those they need are over: to one runner in turn, or each to its own. fail-fast and
/// max-parallel of a matrix are not followed.
/// </summary>
internal sealed class RunSchedule(RunnerOptions options, IReadOnlyList<PlannedJob> jobs)
{
    private readonly ConcurrentDictionary<PlannedJob, Task<JobResult>> _running = [];
    private readonly SemaphoreSlim _runner = new(1);
    private readonly Lock _console = new();
    private RunnerInstance? _shared;
    private int _roots;

    public async Task<IReadOnlyList<JobResult>> RunAsync(CancellationToken cancelled)
    {
        foreach (PlannedJob job in jobs)
        {
            if (job.Needs.Any(need => !jobs.TakeWhile(other => other != job).Any(other => Is(other, need))
                && jobs.Any(other => Is(other, need))))
            {
                throw new RunnerException($"job '{job.Path}': what it needs must stand before it in the file.");
            }
        }

        try
        {
            // In the order of the file: a job's needs are there before it.
            foreach (PlannedJob job in jobs)
            {
                _running[job] = RunAsync(job, cancelled);
                if (!options.Parallel)
                {
                    await _running[job];
                }
            }

            return await Task.WhenAll(jobs.Select(job => _running[job]));
        }
        finally
        {
            _shared?.Dispose();
        }
    }

    private async Task<JobResult> RunAsync(PlannedJob job, CancellationToken cancelled)
    {
        JsonObject needs = [];
        bool failed = false, other = false;
        foreach (string need in job.Needs)
        {
            List<JobResult> results = [];
            foreach (PlannedJob needed in jobs.Where(candidate => Is(candidate, need)))
            {
                results.Add(await _running[needed]);
            }

            string conclusion = results.FirstOrDefault(result => result.Conclusion != "success")?.Conclusion
                ?? "success";
            failed |= conclusion == "failure";
            other |= conclusion is "skipped" or "cancelled";
            needs[need.Split('/')[^1]] = new JsonObject
            {
                ["result"] = conclusion,
                ["outputs"] = new JsonObject(results.SelectMany(result => result.Outputs)
                    .DistinctBy(pair => pair.Key)
                    .Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            };
        }

        ExpressionScope scope = new()
        {
            Contexts = new Dictionary<string, JsonNode?>
            {
                ["github"] = job.Request.Github,
                ["inputs"] = job.Request.Inputs,
                ["needs"] = needs,
                ["vars"] = job.Request.Vars,
            },
            Failed = failed,
            Cancelled = cancelled.IsCancellationRequested,
        };
        bool runs = Template.Decide(job.Condition, scope)
            && (!other || job.Condition.Contains("always()", StringComparison.Ordinal));
        return runs
            ? await GiveAsync(job, job.Request with { Needs = needs }, cancelled)
            : new JobResult { Job = job.Path, Name = job.Request.DisplayName, Conclusion = "skipped" };
    }

    private async Task<JobResult> GiveAsync(PlannedJob job, JobRequest request, CancellationToken cancelled)
    {
        PipeMessage message = new() { Job = request, Message = job.Message };
        Say(request, $"Running job: {request.DisplayName}");
        JobResult result;
        if (options.Parallel)
        {
            string number = Interlocked.Increment(ref _roots).ToString(CultureInfo.InvariantCulture);
            using RunnerInstance own = Start(Path.Combine(options.Root, number));
            result = await own.RunAsync(message, line => Say(request, line), cancelled);
        }
        else
        {
            await _runner.WaitAsync(CancellationToken.None);
            try
            {
                _shared ??= Start(options.Root);
                result = await _shared.RunAsync(message, line => Say(request, line), cancelled);
            }
            finally
            {
                _runner.Release();
            }
        }

        Say(request, $"Job {request.DisplayName} completed with result: {Title(result.Conclusion)}");
        return result with { Job = job.Path };
    }

    private RunnerInstance Start(string path)
    {
        RunnerRoot root = new(path);
        if (options.Work is { } work)
        {
            Directory.CreateDirectory(path);
            root.Configure(work);
        }

        root.LayOut(copyNode: jobs.Any(job => job.Request.Container is not null));
        if (options.User is { } user)
        {
            root.GiveTo(user);
        }

        return RunnerInstance.Start(root, options);
    }

    private void Say(JobRequest job, string line)
    {
        lock (_console)
        {
            Console.WriteLine(options.Parallel ? $"{job.DisplayName} | {line}" : line);
        }
    }

    private static bool Is(PlannedJob job, string path) =>
        job.Path == path || job.Path.StartsWith(path + "/", StringComparison.Ordinal);

    private static string Title(string conclusion) => conclusion switch
    {
        "success" => "Succeeded",
        "failure" => "Failed",
        "cancelled" => "Canceled",
        _ => conclusion,
    };
}
