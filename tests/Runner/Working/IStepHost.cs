namespace Sallyport.Runner.Working;

/// <summary>Where the processes of steps run: on the machine, or in the job's container.</summary>
internal interface IStepHost
{
    /// <summary>A path of the machine as the process sees it.</summary>
    string Path(string path);

    /// <summary>The default shell, when it is there.</summary>
    string DefaultShell { get; }

    /// <summary>A shell or program by its name, as it is to be started.</summary>
    string Find(string program);

    /// <summary>One of the runner's own node versions.</summary>
    string Node(string version);

    Task<int> RunAsync(
        StepRun step, string program, string arguments, string folder, Dictionary<string, string> environment,
        Action<string> line);
}
