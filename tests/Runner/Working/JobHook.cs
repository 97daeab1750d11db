using Sallyport.Runner.Messages;

namespace Sallyport.Runner.Working;

/// <summary>
/// Scripts of the machine's owner around a job: ACTIONS_RUNNER_HOOK_JOB_STARTED is the first pre, "Set up runner", and
/// ACTIONS_RUNNER_HOOK_JOB_COMPLETED the last post, "Complete runner". The file itself is run, by bash, and is no step of the workflow's: its
/// environment says none.
/// </summary>
internal static class JobHook
{
    public static JobStep? Started(JobContext job) => Make(job, "ACTIONS_RUNNER_HOOK_JOB_STARTED", "Set up runner", "Pre");

    public static JobStep? Completed(JobContext job) => Make(job, "ACTIONS_RUNNER_HOOK_JOB_COMPLETED", "Complete runner", "Post");

    private static JobStep? Make(JobContext job, string variable, string name, string stage) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path
            ? new JobStep { Name = name, Condition = "always()", Stage = stage, Body = step => RunAsync(job, step, path) }
            : null;

    private static async Task<Telemetry> RunAsync(JobContext job, StepRun step, string path)
    {
        MachineHost host = new(job);
        FileCommands files = new(step);
        Dictionary<string, string> environment = StepEnvironment.For(step, files, "", "", host.Path);
        foreach (string name in (string[])["GITHUB_ACTION", "GITHUB_ACTION_REPOSITORY", "GITHUB_ACTION_REF"])
        {
            environment.Remove(name);
        }

        OutputCommands output = new(step);
        int code = await host.RunAsync(step, host.Find("bash"), $"-e {path}", job.Workspace, environment, output.Line);
        files.Process();
        if (code != 0)
        {
            step.Fail($"Process completed with exit code {code}.");
        }

        return new Telemetry { Action = "bash", Type = "run" };
    }
}
