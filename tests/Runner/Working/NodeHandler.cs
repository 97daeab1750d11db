namespace Sallyport.Runner.Working;

/// <summary>JavaScript actions: one process per stage.</summary>
internal static class NodeHandler
{
    public static async Task RunAsync(
        LoadedAction action, string script, IReadOnlyDictionary<string, string> inputs, StepRun step, IStepHost host)
    {
        FileCommands files = new(step);
        Dictionary<string, string> environment = StepEnvironment.For(step, files, action.Repository, action.Ref,
            host.Path);
        StepEnvironment.AddForAction(step, environment, inputs);
        OutputCommands output = new(step);
        int code = await host.RunAsync(step, host.Node(action.Manifest.Using),
            $"\"{host.Path($"{action.Folder}/{script}")}\"",
            step.Job.Workspace, environment, output.Line);
        files.Process();
        if (code != 0)
        {
            // The action is expected to have said why by ::error::.
            step.FailQuietly();
        }
    }
}
