using System.Security.Cryptography;
using System.Text;

namespace Sallyport.Runner.Working;

/// <summary>The docker command, found in PATH, started as the runner starts it.</summary>
internal sealed class DockerCli(JobContext job)
{
    private static readonly Dictionary<string, string> s_nothing = [];

    /// <summary>Six hex digits that every docker object of this runner carries as its label.</summary>
    public string Label { get; } =
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(job.Root.Path)))[..6];

    /// <summary>localbusyboxe2e_628060: the image's letters and digits, and six random hex digits.</summary>
    public static string NameOf(string image) =>
        $"{string.Concat(image.Where(char.IsAsciiLetterOrDigit))}_{Guid.NewGuid().ToString("n")[..6]}";

    /// <summary>Quotes for an argument string.</summary>
    public static string Quote(string text) => $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    public string Find()
    {
        job.Log.Write("DockerCommandManager", "Which2: 'docker'");
        string location = Programs.Need("docker", job.SearchPath);
        job.Log.Write("DockerCommandManager", $"Location: '{location}'");
        return location;
    }

    /// <summary>Runs a command of the set-up in the workspace; its output goes to the step's log.</summary>
    public async Task<(int Code, string Output)> TryAsync(StepRun step, string arguments)
    {
        StringBuilder output = new();
        step.Log.Write($"##[command]{Find()} {arguments}");
        int code = await job.Invoker.RunAsync(Find(), arguments, job.Workspace, s_nothing, line =>
        {
            lock (output)
            {
                output.Append(line).Append('\n');
            }

            step.Log.Write(line);
        }, step.Cancelled);
        return (code, output.ToString().Trim());
    }

    public async Task<string> DoAsync(StepRun step, string arguments)
    {
        (int code, string output) = await TryAsync(step, arguments);
        return code == 0
            ? output
            : throw new RunnerException($"docker {arguments.Split(' ')[0]} failed with exit code {code}: {output}");
    }

    /// <summary>
    /// As the runner does; but where it gives up after three tries, the stand-in goes on with an image of that name that
    /// is there already, as in a laboratory without registries. What is not there, <c>docker create</c> reports.
    /// </summary>
    public async Task PullAsync(StepRun step, string image)
    {
        (int code, _) = await TryAsync(step, $"pull {image}");
        if (code != 0)
        {
            step.Log.Write($"Docker pull failed with exit code {code}; an image of that name is used if there is one.");
        }
    }
}
