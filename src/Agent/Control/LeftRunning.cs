using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Control;

/// <summary>A process of the job that lives on after the command.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="CommandLine">As it shows itself now: text of the job.</param>
internal sealed record LeftRunning(int Pid, string CommandLine)
{
    /// <summary>Bound on what is listed.</summary>
    private const int Maximum = 100;

    internal static ImmutableArray<LeftRunning> Find(Cgroup? cgroup) =>
        cgroup is null ? [] : [.. cgroup.Processes().Take(Maximum).Select(Of).OfType<LeftRunning>()];

    /// <summary>Null when it has ended: a zombie, or nothing at all.</summary>
    private static LeftRunning? Of(int pid)
    {
        var line = ProcText.TryRead(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/cmdline"));
        return string.IsNullOrEmpty(line) ? null : new LeftRunning(pid, line.TrimEnd('\0').Replace('\0', ' '));
    }
}
