using Sallyport.Runner.Messages;
using Sallyport.Runner.Workflows;

namespace Sallyport.Runner.Working;

/// <summary>
/// <c>_work/_actions</c>: actions are "downloaded" (their archive is copied) and unpacked by a child process tar, as in
/// "Set up job". Local ones are read where they lie.
/// </summary>
internal sealed class ActionStore(JobContext job)
{
    private const string Source = "ActionManager";
    private static readonly Dictionary<string, string> s_nothing = [];

    public static bool IsRemote(string? uses) => uses is not null
        && !uses.StartsWith("./", StringComparison.Ordinal) && !uses.StartsWith("docker://", StringComparison.Ordinal);

    /// <summary>The remote actions of these steps, and those of composite ones among them.</summary>
    public async Task DownloadAsync(IEnumerable<StepRequest> steps, Action<string> say)
    {
        foreach (string uses in steps.Select(step => step.Uses).Where(IsRemote).Distinct().OfType<string>().ToList())
        {
            ActionReference action = ActionReference.Parse(uses);
            string folder = FolderOf(action);
            if (!File.Exists($"{folder}.completed"))
            {
                say($"Download action repository '{action.Key}' (SHA:0000000000000000000000000000000000000000)");
                await UnpackAsync(action, folder);
            }

            await DownloadAsync(Load(uses).Manifest.Steps, say);
        }
    }

    public LoadedAction Load(string uses)
    {
        if (!IsRemote(uses))
        {
            string local = $"{job.Workspace}/{uses}";
            job.Log.Write(Source, "Repository action is in 'self' repository.");
            job.Log.Write(Source, $"Load action that reference repository from '{local}'");
            return new LoadedAction(local, "", "", uses, ActionManifest.Load(local));
        }

        ActionReference action = ActionReference.Parse(uses);
        string folder = FolderOf(action);
        job.Log.Write(Source, $"Load action that reference repository from '{folder}'");
        string inside = action.Path.Length == 0 ? folder : $"{folder}/{action.Path}";
        return new LoadedAction(inside, action.Repository, action.Ref, action.Repository, ActionManifest.Load(inside));
    }

    private string FolderOf(ActionReference action) => $"{job.Root.Actions}/{action.Repository}/{action.Ref}";

    private async Task UnpackAsync(ActionReference action, string folder)
    {
        string source = job.Request.Archives.GetValueOrDefault(action.Key) ?? throw new RunnerException(
            $"Unable to resolve action `{action.Key}`: the table of --actions has "
            + $"{string.Join(", ", job.Request.Archives.Keys.Order().DefaultIfEmpty("nothing"))}.");
        string temp = $"{job.Root.Actions}/_temp_{Guid.NewGuid()}";
        string archive = $"{temp}/{Guid.NewGuid()}.tar.gz";
        string staging = Directory.CreateDirectory($"{temp}/_staging").FullName;
        File.Copy(source, archive);
        job.Log.Write(Source, $"Save archive '{source}' into {archive}.");
        job.Log.Write(Source, "Which2: 'tar'");
        string tar = Programs.Need("tar", job.SearchPath);
        job.Log.Write(Source, $"Location: '{tar}'");
        int code = await job.Invoker.RunAsync(
            tar, $"-xzf \"{archive}\"", staging, s_nothing, line => job.Log.Write(Source, line), job.Cancelled);
        if (code != 0)
        {
            throw new RunnerException($"Can't use 'tar -xzf' extract archive file: {archive}. return code: {code}.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        Directory.Move(Directory.GetDirectories(staging).Single(), folder);
        Directory.Delete(temp, recursive: true);
        await File.WriteAllTextAsync($"{folder}.completed", "");
        job.Log.Write(Source, "Finished getting action repository.");
    }
}
