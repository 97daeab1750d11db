namespace Sallyport.Runner.Working;

/// <summary>A step's process as a direct child of the worker.</summary>
internal sealed class MachineHost(JobContext job) : IStepHost
{
    public string DefaultShell => Programs.Find("bash", job.SearchPath) is null ? "sh" : "bash";

    public string Path(string path) => path;

    public string Find(string program)
    {
        job.Log.Write("ScriptHandler", $"Which2: '{program}'");
        string location = program.StartsWith('/') ? program : Programs.Need(program, job.SearchPath);
        job.Log.Write("ScriptHandler", $"Location: '{location}'");
        return location;
    }

    public string Node(string version) => $"{job.Root.Externals}/{version}/bin/node";

    public Task<int> RunAsync(
        StepRun step, string program, string arguments, string folder, Dictionary<string, string> environment,
        Action<string> line)
    {
        StepEnvironment.AddSearchPath(step, environment);
        return job.Invoker.RunAsync(program, arguments, folder, environment, line, step.Cancelled);
    }
}
