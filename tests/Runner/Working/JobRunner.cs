using Sallyport.Runner.Messages;
using Sallyport.Runner.Service;

namespace Sallyport.Runner.Working;

/// <summary>A job from its message to its result: set up, steps, posts, completion.</summary>
internal sealed class JobRunner(JobContext job)
{
    private const string Source = "JobRunner";

    private readonly StepsRunner _steps = new(job);
    private readonly ActionRunner _actions = new(job);
    private OrphanProcesses? _orphans;

    public async Task<JobResult> RunAsync()
    {
        WorkerLog log = job.Log;
        log.Write(Source, $"Job ID {job.Request.JobId}");
        log.Write(Source, "Starting the job execution context.");
        log.Write(Source, "Initialize job. Getting all job steps.");
        List<JobStep> queue = [];
        await _steps.RunOwnAsync("Set up job", "Pre", "setup_job", step => SetUpAsync(step, queue));
        log.Write(Source, $"Total job steps: {queue.Count}.");
        log.Write(Source, "Run all job steps.");
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(job.Request.TimeoutMinutes));
        foreach (JobStep step in queue)
        {
            if (limit.IsCancellationRequested)
            {
                job.Failed = true;
            }

            await _steps.RunAsync(step);
        }

        await _steps.EndBackgroundAsync();
        while (job.PostSteps.TryPop(out JobStep? post))
        {
            await _steps.RunAsync(post);
        }

        IReadOnlyList<string> orphans = [];
        log.Write(Source, "Finalize job.");
        Dictionary<string, string> outputs = [];
        await _steps.RunOwnAsync("Complete job", "Post", "complete_job", step =>
        {
            foreach ((string name, string template) in job.Request.Outputs)
            {
                outputs[name] = step.Expand(template);
            }

            step.Log.Write("Cleaning up orphan processes");
            orphans = _orphans?.Kill(step.Log.Write) ?? [];
            return Task.CompletedTask;
        });
        string conclusion = job.Failed ? "failure" : job.Cancelled.IsCancellationRequested ? "cancelled" : "success";
        string result = conclusion switch { "failure" => "Failed", "cancelled" => "Canceled", _ => "Succeeded" };
        log.Write(Source, $"Job result after all job steps finish: {result}");
        log.Write(Source, "Completing the job execution context.");
        log.Write("TempDirectoryManager", $"Cleaning runner temp folder: {job.Root.Temp}");
        Remove(job.Root.Temp);
        return new JobResult
        {
            Job = job.Request.JobName,
            Name = job.Request.DisplayName,
            Conclusion = conclusion,
            Steps = _steps.Results,
            Outputs = outputs,
            Orphans = orphans,
            TrackingId = job.TrackingId,
            WorkerLog = log.Path,
        };
    }

    private async Task SetUpAsync(StepRun step, List<JobStep> queue)
    {
        step.Log.Write($"Current runner version: '{RunnerRoot.Version}'");
        step.Log.Write("This is Sallyport's stand-in for the runner, a test tool.");
        step.Log.Write("Prepare workflow directory");
        Remove(job.Root.Temp);
        Remove(job.Root.Actions);
        string temp = job.Root.Temp;
        foreach (string folder in (string[])[job.Root.FileCommands, $"{temp}/_github_home",
            $"{temp}/_github_workflow", job.Root.Actions, job.Workspace])
        {
            Directory.CreateDirectory(folder);
        }

        await File.WriteAllTextAsync($"{job.Root.Temp}/_github_workflow/event.json",
            job.Request.Github["event"]!.ToJsonString(PipeJson.Document.Options));
        if (job.Request.WorkspaceSource is { } source)
        {
            Copy(source, job.Workspace);
        }

        foreach (Dictionary<string, string> env in job.Request.Env)
        {
            foreach ((string name, string value) in env)
            {
                job.Environment[name] = step.Expand(value);
            }
        }

        step.Log.Write("Prepare all required actions");
        job.Log.Write("JobExtension", "Downloading actions");
        await job.Actions.DownloadAsync(job.Request.Steps, step.Log.Write);
        Plan(queue);
        // From here on every process of the job has it.
        Environment.SetEnvironmentVariable("RUNNER_TRACKING_ID", job.TrackingId);
        _orphans = new OrphanProcesses(job);
        job.Log.Write("JobExtension", $"Total accessible running process: {_orphans.Count}.");
        step.Log.Write($"Complete job name: {job.Request.DisplayName}");
    }

    private void Plan(List<JobStep> queue)
    {
        if (JobHook.Started(job) is { } started)
        {
            queue.Add(started);
        }

        if (JobHook.Completed(job) is { } completed)
        {
            job.PostSteps.Push(completed);
        }

        if (job.Request.Container is not null || job.Request.Services.Count > 0)
        {
            queue.Add(JobContainers.Initialize(job));
        }

        queue.AddRange(job.Request.Steps.Select(step => step.Uses)
            .Where(uses => uses?.StartsWith("docker://", StringComparison.Ordinal) is true).Distinct()
            .Select(uses => DockerHandler.Pull(job, uses!["docker://".Length..])));
        queue.AddRange(job.Request.Steps.Select(_actions.Pre).OfType<JobStep>());
        queue.AddRange(job.Request.Steps.Select(step => step.Waits is { } ids ? _steps.Waiting(step, ids) : _actions.Main(step)));
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Copy(string source, string target)
    {
        Directory.CreateDirectory(target);
        foreach (string folder in Directory.EnumerateDirectories(source))
        {
            Copy(folder, Path.Combine(target, Path.GetFileName(folder)));
        }

        foreach (string file in Directory.EnumerateFiles(source))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        }
    }
}
