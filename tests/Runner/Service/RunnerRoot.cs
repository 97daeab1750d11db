using System.Runtime.InteropServices;

namespace Sallyport.Runner.Service;

/// <summary>The folder of one runner, laid out as the runner's package and its work make it.</summary>
internal sealed class RunnerRoot(string path)
{
    public const string ListenerName = "Runner.Listener";
    public const string WorkerName = "Runner.Worker";
    public const string Version = "2.336.0";

    private const UnixFileMode Executable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute |
        UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public string Path => path;

    public string Bin => $"{path}/bin";

    public string Externals => $"{path}/externals";

    public string Diag => $"{path}/_diag";

    public string Work => $"{path}/_work";

    public string Temp => $"{Work}/_temp";

    public string Actions => $"{Work}/_actions";

    public string Tools => $"{Work}/_tool";

    public string FileCommands => $"{Temp}/_runner_file_commands";

    /// <summary>The root that a listener or worker runs from.</summary>
    public static RunnerRoot OfThisProcess() =>
        new(System.IO.Path.GetDirectoryName(System.IO.Path.GetDirectoryName(Environment.ProcessPath))!);

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
        foreach (string entry in Directory.EnumerateFileSystemEntries(path, "*",
            SearchOption.AllDirectories).Prepend(path))
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
