using System.Text;
using Sallyport.Runner.Messages;
using Sallyport.Runner.Workflows;

namespace Sallyport.Runner.Working;

/// <summary><c>run:</c> steps: the text in <c>_temp/GUID.sh</c>, and a shell with it.</summary>
internal static class ScriptHandler
{
    public static async Task<Telemetry> RunAsync(StepRequest request, StepRun step, IStepHost host)
    {
        JobContext job = step.Job;
        string script = SleepScaling.Apply(step.Expand(request.Run!), job.Request.SleepScale);
        // The defaults are the job's; an action brings its own shell.
        string? shell = request.Shell is { } own ? step.Expand(own) : step.Scope.IsEmbedded ? null
            : job.Request.DefaultShell;
        string? folder = request.WorkingDirectory
            ?? (step.Scope.IsEmbedded ? null : job.Request.DefaultWorkingDirectory);
        string directory = Path.GetFullPath(folder is null ? "." : step.Expand(folder), job.Workspace);
        string name = shell ?? host.DefaultShell;
        string format = Format(ref name, isDefault: shell is null);
        string extension = name switch { "python" => "py", "pwsh" => "ps1", _ => "sh" };
        string file = $"{job.Root.Temp}/{Guid.NewGuid()}.{extension}";
        await File.WriteAllTextAsync(file, script, new UTF8Encoding(false));
        string program = host.Find(name);
        string arguments = format.Replace("{0}", host.Path(file), StringComparison.Ordinal);
        step.Log.Write($"##[group]Run {script.Split('\n')[0]}");
        step.Log.Write($"shell: {program} {format}");
        step.Log.Write("##[endgroup]");

        FileCommands files = new(step);
        Dictionary<string, string> environment = StepEnvironment.For(step, files, step.Scope.Repository,
            step.Scope.Ref, host.Path);
        OutputCommands output = new(step);
        int code = await host.RunAsync(step, program, arguments, directory, environment, output.Line);
        files.Process();
        if (code != 0)
        {
            step.Fail($"Process completed with exit code {code}.");
        }

        return new Telemetry { Action = shell is null ? "sh" : name, Type = "run" };
    }

    private static string Format(ref string shell, bool isDefault)
    {
        if (shell.Contains("{0}", StringComparison.Ordinal))
        {
            string[] parts = shell.Split(' ', 2);
            shell = parts[0];
            return parts.Length == 2 ? parts[1] : "{0}";
        }

        return shell switch
        {
            "bash" => isDefault ? "-e {0}" : "--noprofile --norc -e -o pipefail {0}",
            "sh" => "-e {0}",
            "python" => "{0}",
            "pwsh" => "-command \". '{0}'\"",
            _ => throw new RunnerException($"Invalid shell option '{shell}'. "
                + "Shell must be bash, sh, python, pwsh or a command with '{0}'."),
        };
    }
}
