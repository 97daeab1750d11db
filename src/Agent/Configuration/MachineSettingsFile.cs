using Sallyport.Agent.Host;
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

        if (file.LinkTarget is not null
            || (file.UnixFileMode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0
            || !RootFolder.IsSafe(file.DirectoryName!))
        {
            throw new CommandFailure(
                ExitCode.Usage, $"{Path} is a link, or others than root can write to it or its folder: chmod go-w, no links");
        }

        var reading = MachineSettingsReader.Read(Path, PolicyLoading.ReadFile(Path));
        return reading.Settings ?? throw new CommandFailure(ExitCode.Usage, PolicyLoading.Describe(reading.Mistakes));
    }
}
