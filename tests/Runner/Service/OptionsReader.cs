using System.Globalization;
using System.Text.Json;
using Sallyport.Runner.Messages;

namespace Sallyport.Runner.Service;

/// <summary>Reads the command line; a mistake says what is accepted.</summary>
internal static class OptionsReader
{
    public const string Usage = """
        Runner --root DIR --workflow FILE [options]     runs a workflow as the Actions runner does; see README.md

          --job ID               only this job (repeatable); default: all, one after another
          --parallel             all at once, each by a runner of its own in DIR/1, DIR/2 …
          --actions MAP.json     {"owner/repo@ref": "folder", …}; relative to the file
          --work DIR             folder for work, absolute or from the root; as config.sh keeps it in .runner; default: _work
          --workspace-source DIR copied into the workspace before the first step
          --secret K=V, --var K=V
          --env K=V              in the environment of listener and worker, beside the caller's
          --sleep-scale F        `sleep N` and `start_time + N` in run: steps, times F
          --repository OWNER/REPO, --event NAME, --server-url URL, --run-id N, --run-attempt N, --sha SHA, --runner-name NAME
          --runner-environment E what the service says of the runner: github-hosted, self-hosted; default: nothing
          --user NAME            listener and worker run as this user (the caller is root)
          --result FILE          how it went, as JSON

        SIGINT cancels. Exit code: 0 all jobs succeeded or were skipped, 1 otherwise, 64 not understood.
        """;

    public static RunnerOptions Read(IReadOnlyList<string> arguments)
    {
        string? root = null, work = null, workflow = null, map = null, source = null, result = null, user = null;
        bool parallel = false;
        List<string> jobs = [];
        Dictionary<string, string> secrets = [], variables = [], environment = [], single = [];
        double scale = 1;
        for (int i = 0; i < arguments.Count; i++)
        {
            string option = arguments[i];
            if (option == "--parallel")
            {
                parallel = true;
                continue;
            }

            string value = ++i < arguments.Count ? arguments[i]
                : throw new RunnerException($"{option}: a value is missing.");
            switch (option)
            {
                case "--root": root = Path.GetFullPath(value); break;
                case "--work": work = value; break;
                case "--workflow": workflow = Path.GetFullPath(value); break;
                case "--job": jobs.Add(value); break;
                case "--actions": map = Path.GetFullPath(value); break;
                case "--workspace-source": source = Path.GetFullPath(value); break;
                case "--secret": Add(secrets, option, value); break;
                case "--var": Add(variables, option, value); break;
                case "--env": Add(environment, option, value); break;
                case "--result": result = Path.GetFullPath(value); break;
                case "--user": user = value; break;
                case "--sleep-scale" when double.TryParse(value, CultureInfo.InvariantCulture, out scale)
                    && scale is > 0 and <= 1:
                    break;
                case "--repository" or "--event" or "--server-url" or "--run-id" or "--run-attempt" or "--sha" or "--runner-name"
                    or "--runner-environment":
                    single[option] = value;
                    break;
                default: throw new RunnerException($"'{option} {value}' is not an option.\n\n{Usage}");
            }
        }

        RunnerOptions defaults = new()
        {
            Root = root ?? throw new RunnerException($"--root is missing.\n\n{Usage}"),
            Workflow = workflow ?? throw new RunnerException($"--workflow is missing.\n\n{Usage}"),
        };
        return defaults with
        {
            Jobs = jobs,
            Parallel = parallel,
            Actions = map is null ? [] : ReadMap(map),
            Work = work,
            WorkspaceSource = source,
            Secrets = secrets,
            Variables = variables,
            Environment = environment,
            SleepScale = scale,
            ResultFile = result,
            User = user,
            Repository = single.GetValueOrDefault("--repository", defaults.Repository),
            EventName = single.GetValueOrDefault("--event", defaults.EventName),
            ServerUrl = single.GetValueOrDefault("--server-url", defaults.ServerUrl),
            RunId = single.GetValueOrDefault("--run-id", defaults.RunId),
            RunAttempt = single.GetValueOrDefault("--run-attempt", defaults.RunAttempt),
            Sha = single.GetValueOrDefault("--sha", defaults.Sha),
            RunnerName = single.GetValueOrDefault("--runner-name", defaults.RunnerName),
            RunnerEnvironment = single.GetValueOrDefault("--runner-environment"),
        };
    }

    private static void Add(Dictionary<string, string> values, string option, string pair)
    {
        string[] parts = pair.Split('=', 2);
        values[parts[0]] = parts.Length == 2 ? parts[1]
            : throw new RunnerException($"{option} {pair}: K=V is expected.");
    }

    private static Dictionary<string, string> ReadMap(string file) =>
        JsonSerializer.Deserialize(File.ReadAllText(file), RunnerJson.Default.DictionaryStringString)!.ToDictionary(
            pair => pair.Key, pair => Path.GetFullPath(pair.Value, Path.GetDirectoryName(file)!));
}
