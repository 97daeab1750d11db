using Sallyport.Agent.Host;
using Sallyport.Policy;
using Sallyport.Policy.Machine;

namespace Sallyport.Agent.Configuration;

/// <summary>/etc/sallyport/agent.yml: read only when nobody but root can have written it.</summary>
internal static class MachineSettingsFile
{
    /// <summary>A constant: a variable here would be a way to lead root astray.</summary>
    internal const string Path = "/etc/sallyport/agent.yml";

    /// <summary>The defaults where there is no file.</summary>
    /// <exception cref="CommandFailure">It has mistakes, or is not root's alone.</exception>
    internal static MachineSettings Read()
    {
        var file = new FileInfo(Path);
        if (!file.Exists)
        {
            return MachineSettings.Default;
        }

        RequireRoots(Path);
        var reading = MachineSettingsReader.Read(Path, PolicyLoading.ReadFile(Path));
        return reading.Settings ?? throw new CommandFailure(ExitCode.Usage, PolicyLoading.Describe(reading.Mistakes));
    }

    /// <summary>A policy that it names.</summary>
    /// <exception cref="CommandFailure">It has mistakes, or is not root's alone.</exception>
    internal static PolicyDocument ReadPolicy(string path)
    {
        if (System.IO.Path.Exists(path))
        {
            RequireRoots(path);
        }

        return PolicyLoading.Read(path, [], null, null);
    }

    /// <summary>A file that only root can read.</summary>
    /// <exception cref="CommandFailure">Others can, or could change it.</exception>
    internal static void RequireSecret(string path)
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        if (File.Exists(path))
        {
            RequireRoots(path);
            if ((File.GetUnixFileMode(path) & Others) != 0)
            {
                throw new CommandFailure(ExitCode.Usage, $"{path} can be read by others than root: chmod 600");
            }
        }
    }

    private static void RequireRoots(string path)
    {
        if (!RootFile.IsSafe(path))
        {
            throw new CommandFailure(
                ExitCode.Usage,
                $"{path} is a link, or it or its folder is not root's, or others can write there: chown root, chmod go-w, no links");
        }
    }
}
