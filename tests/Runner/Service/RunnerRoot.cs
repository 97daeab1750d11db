using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Sallyport.Runner.Service;

/// <summary>The folder of one runner, laid out as the runner's package and its work make it.</summary>
internal sealed class RunnerRoot(string path)
{
    public const string ListenerName = "Runner.Listener";
    public const string WorkerName = "Runner.Worker";
    public const string Version = "2.336.0";

    private const string Settings = ".runner";
    private const string WorkFolder = "workFolder";

    private const UnixFileMode Executable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute |
        UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public string Path => path;

    public string Bin => $"{path}/bin";

    public string Externals => $"{path}/externals";

    public string Diag => $"{path}/_diag";

    /// <summary>Of <c>config.sh --work</c>, which <c>.runner</c> keeps; <c>_work</c> unless that says another.</summary>
    public string Work { get; private set; } = WorkOf(path);

    public string Temp => $"{Work}/_temp";

    public string Actions => $"{Work}/_actions";

    public string Tools => $"{Work}/_tool";

    public string FileCommands => $"{Temp}/_runner_file_commands";

    /// <summary>The root that a listener or worker runs from.</summary>
    public static RunnerRoot OfThisProcess() =>
        new(System.IO.Path.GetDirectoryName(System.IO.Path.GetDirectoryName(Environment.ProcessPath))!);

    /// <summary>As <c>config.sh --work</c> does.</summary>
    public void Configure(string work)
    {
        File.WriteAllText($"{path}/{Settings}", $"\ufeff{new JsonObject { ["agentId"] = 1, [WorkFolder] = work }.ToJsonString()}");
        Work = WorkOf(path);
    }

    private static string WorkOf(string path) => System.IO.Path.Combine(path, File.Exists($"{path}/{Settings}")
        ? JsonNode.Parse(File.ReadAllText($"{path}/{Settings}"))![WorkFolder]!.GetValue<string>() : "_work");

    /// <param name="copyNode">
    /// A container sees the folder but not the machine's node: it needs a copy, not a link.
    /// </param>
    public void LayOut(bool copyNode)
    {
        foreach (string folder in (string[])[Bin, Diag, $"{Diag}/pages", Work, Tools, Actions])
        {
            Directory.CreateDirectory(folder);
        }

        string own = AppContext.BaseDirectory;
        // Published, it is one file.
        foreach (string file in ((string[])["Runner.dll", "Runner.deps.json", "Runner.runtimeconfig.json", "YamlDotNet.dll"])
            .Where(file => File.Exists(System.IO.Path.Combine(own, file))))
        {
            File.Copy(System.IO.Path.Combine(own, file), $"{Bin}/{file}", overwrite: true);
        }

        foreach (string name in (string[])[ListenerName, WorkerName])
        {
            File.Copy(System.IO.Path.Combine(own, "Runner"), $"{Bin}/{name}", overwrite: true);
            File.SetUnixFileMode($"{Bin}/{name}", Executable);
        }

        if (Programs.Find("node", Environment.GetEnvironmentVariable("PATH")) is { } node)
        {
            string real = File.ResolveLinkTarget(node, returnFinalTarget: true)?.FullName ?? node;
            foreach (string version in (string[])["node20", "node24"])
            {
                PlaceNode(real, $"{Externals}/{version}/bin", copyNode);
            }
        }
    }

    /// <summary>Gives everything to the user that the runner will run as.</summary>
    public void GiveTo(string user)
    {
        Account account = Account.Find(user);
        foreach (string entry in ((string[])[path, Work]).Distinct().SelectMany(folder => Directory.EnumerateFileSystemEntries(folder, "*",
            SearchOption.AllDirectories).Prepend(folder)))
        {
            if (lchown(entry, account.UserId, account.GroupId) != 0)
            {
                throw new RunnerException($"chown {entry}: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
    }

    private static void PlaceNode(string node, string folder, bool copy)
    {
        string target = $"{Directory.CreateDirectory(folder).FullName}/node";
        File.Delete(target);
        if (copy)
        {
            File.Copy(node, target);
        }
        else
        {
            File.CreateSymbolicLink(target, node);
        }
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int lchown([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint owner, uint group);
}
