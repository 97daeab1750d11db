using Sallyport.Runner.Service;

namespace Sallyport.Runner.Working;

/// <summary>
/// What the worker sets for a step's process, in the runner's order (it is the order of <c>docker exec -e</c> too);
/// everything else is inherited from the worker.
/// </summary>
internal static class StepEnvironment
{
    /// <param name="step">The step, or the inner step of a composite.</param>
    /// <param name="files">Its file commands.</param>
    /// <param name="repository">owner/repo of the action; empty for run steps and local actions.</param>
    /// <param name="reference">Its ref.</param>
    /// <param name="path">Paths as the process will see them.</param>
    public static Dictionary<string, string> For(
        StepRun step, FileCommands files, string repository, string reference, Func<string, string> path)
    {
        JobContext job = step.Job;
        Dictionary<string, string> result;
        lock (job.Changing)
        {
            result = new(job.Environment);
        }

        foreach ((string name, string value) in step.Env)
        {
            result[name] = value;
        }

        result.Remove("PATH");
        foreach (string name in GithubContext.Exported)
        {
            result[$"GITHUB_{name.ToUpperInvariant()}"] = job.Request.Github[name]?.ToString() ?? "";
        }

        result["GITHUB_WORKSPACE"] = path(job.Workspace);
        result["GITHUB_ACTION"] = step.Action;
        result["GITHUB_EVENT_PATH"] = path($"{job.Root.Temp}/_github_workflow/event.json");
        result["GITHUB_ACTION_REPOSITORY"] = repository;
        result["GITHUB_ACTION_REF"] = reference;
        if (step.Scope.ActionPath is { } actionPath)
        {
            result["GITHUB_ACTION_PATH"] = path(actionPath);
        }

        foreach ((string name, string file) in files.Variables)
        {
            result[name] = path(file);
        }

        foreach ((string name, string value) in RunnerFacts.Variables(job))
        {
            result[name] = value.StartsWith('/') ? path(value) : value;
        }

        return result;
    }

    /// <summary>Adds PATH, where GITHUB_PATH or <c>env:</c> has changed it; else it is the worker's own.</summary>
    public static void AddSearchPath(StepRun step, Dictionary<string, string> environment)
    {
        string? own = step.Env.GetValueOrDefault("PATH") ?? step.Job.Environment.GetValueOrDefault("PATH");
        if (step.Job.Paths.Count > 0 || own is not null)
        {
            string rest = own ?? Environment.GetEnvironmentVariable("PATH") ?? "";
            environment["PATH"] = string.Join(':', step.Job.Paths.Append(rest));
        }
    }

    /// <summary>INPUT_, STATE_ and the service's addresses: for actions, not for <c>run:</c>.</summary>
    public static void AddForAction(
        StepRun step, Dictionary<string, string> environment, IReadOnlyDictionary<string, string> inputs)
    {
        foreach ((string name, string value) in inputs)
        {
            environment[$"INPUT_{name.Replace(' ', '_').ToUpperInvariant()}"] = value;
        }

        foreach ((string name, string value) in step.State)
        {
            environment[$"STATE_{name}"] = value;
        }

        // Nothing listens there: an action that asks for the cache or for artifacts is refused the connection.
        const string Nobody = "http://127.0.0.1:9/";
        foreach (string name in (string[])["ACTIONS_RUNTIME_URL", "ACTIONS_CACHE_URL", "ACTIONS_RESULTS_URL"])
        {
            environment[name] = Nobody;
        }

        environment["ACTIONS_RUNTIME_TOKEN"] = "stand-in";
        environment["ACTIONS_CACHE_SERVICE_V2"] = "True";
    }
}
