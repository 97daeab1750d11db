using System.Runtime.InteropServices;
using System.Text.Json;
using Sallyport.Runner.Messages;
using Sallyport.Runner.Workflows;

namespace Sallyport.Runner.Service;

/// <summary>The command: reads the workflow, plays the service to one runner or several, writes the result.</summary>
internal static class RunnerTool
{
    private const int NotUnderstood = 64;

    public static async Task<int> RunAsync(string[] arguments)
    {
        using CancellationTokenSource cancel = new();
        using PosixSignalRegistration interrupt = Cancel(PosixSignal.SIGINT, cancel);
        using PosixSignalRegistration terminate = Cancel(PosixSignal.SIGTERM, cancel);
        try
        {
            RunnerOptions options = OptionsReader.Read(arguments);
            Directory.CreateDirectory(options.Root);
            Dictionary<string, string> archives =
                await ActionArchives.MakeAsync($"{options.Root}/_archives", options.Actions);
            IReadOnlyList<PlannedJob> jobs = WorkflowPlan.Read(options, archives);
            RunSchedule schedule = new(options, Selected(options, jobs));
            IReadOnlyList<JobResult> results = await schedule.RunAsync(cancel.Token);
            if (options.ResultFile is { } file)
            {
                await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new RunResult(results), PipeJson.Document.RunResult));
            }

            return results.All(job => job.Conclusion is "success" or "skipped") ? 0 : 1;
        }
        catch (RunnerException e)
        {
            await Console.Error.WriteLineAsync($"Runner: {e.Message}");
            return NotUnderstood;
        }
    }

    private static IReadOnlyList<PlannedJob> Selected(RunnerOptions options, IReadOnlyList<PlannedJob> jobs)
    {
        if (options.Jobs.Count == 0)
        {
            return jobs;
        }

        List<PlannedJob> selected = [.. jobs.Where(job => options.Jobs.Any(wanted =>
            job.Path == wanted || job.Path.StartsWith(wanted + "/", StringComparison.Ordinal)))];
        return selected.Count > 0 ? selected : throw new RunnerException(
            $"--job {string.Join(", ", options.Jobs)}: the workflow has "
            + $"{string.Join(", ", jobs.Select(job => job.Path))}.");
    }

    private static PosixSignalRegistration Cancel(PosixSignal signal, CancellationTokenSource source) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            _ = source.CancelAsync();
        });
}
