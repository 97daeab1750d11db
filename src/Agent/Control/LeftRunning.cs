using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Sallyport.Agent.Host;
using Sallyport.Protocol.Report;

namespace Sallyport.Agent.Control;

/// <summary>Something of the job that lives on after the command.</summary>
/// <param name="Who"><c>pid 4711</c> or <c>container 0123456789ab</c>.</param>
/// <param name="What">Command line of the process as it shows itself now, or image of the container: text of the job.</param>
internal sealed record LeftRunning(string Who, string What)
{
    /// <summary>Bound on what is listed, of either kind.</summary>
    private const int Maximum = 100;

    /// <summary>Bound on what is shown of a command line: a process can make it as long as its memory.</summary>
    private const int MostLineBytes = 4096;

    internal static ImmutableArray<LeftRunning> Find(Cgroup? cgroup, ImmutableArray<ContainerDocument> containers) =>
    [
        .. (cgroup?.Processes() ?? []).Take(Maximum).Select(OfProcess).OfType<LeftRunning>(),
        .. containers.Take(Maximum).Where(IsAlive).Select(container => new LeftRunning(
            $"container {container.Id[..12]}", string.Join("  ", new[] { container.Name, container.Image }.OfType<string>()))),
    ];

    /// <summary>Null when it has ended: a zombie, or nothing at all.</summary>
    private static LeftRunning? OfProcess(int pid)
    {
        if (ProcessLook.TryRead(pid, "cmdline", MostLineBytes) is not { } line)
        {
            return new LeftRunning($"pid {pid}", $"{ProcText.TryReadLink($"/proc/{pid}/exe")} (does not show its arguments)");
        }

        return line.Length == 0 ? null : new LeftRunning($"pid {pid}", Encoding.UTF8.GetString(line).TrimEnd('\0').Replace('\0', ' '));
    }

    /// <summary>The cgroup of a container has the container's id in its name, whatever the runtime puts around it.</summary>
    private static bool IsAlive(ContainerDocument container)
    {
        if (container.Id.Length != 64 || !container.Id.All(char.IsAsciiHexDigit)
            || CgroupHierarchy.OfThisMachine() is not { } hierarchy)
        {
            return false;
        }

        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        return Directory.EnumerateDirectories(hierarchy.MountPoint, $"*{container.Id}*", options)
            .Any(folder => new Cgroup(folder).Processes().Count > 0);
    }
}
