using System.Globalization;
using System.Text;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Service;

/// <summary>
/// Who answers at the control socket, in a file of root's: <c>4711 123456 service</c>. Written by whoever has the lock; whether it
/// holds still, the process says.
/// </summary>
/// <param name="Process">That answers.</param>
/// <param name="IsOnDemand">It covers nobody unasked, and gives way to the service.</param>
internal sealed record AgentHolder(ProcessIdentity Process, bool IsOnDemand)
{
    private const int MaximumBytes = 128;
    private const string Service = "service";
    private const string OnDemand = "on-demand";

    private static string Path => System.IO.Path.Combine(AgentFolders.State, "agent.holder");

    /// <summary>Null when nobody answers.</summary>
    internal static AgentHolder? Find() =>
        RootFolder.IsSafe(AgentFolders.State) && Parse(RootFile.TryRead(Path, MaximumBytes)) is { } holder && holder.Process.IsAlive ? holder : null;

    /// <summary>This process does from here on.</summary>
    internal static void Take(bool isOnDemand)
    {
        if (ProcessIdentity.Of(Environment.ProcessId) is { } process)
        {
            RootFile.Replace(Path, new AgentHolder(process, isOnDemand).Format());
        }
    }

    internal byte[] Format() => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"{Process.Pid} {Process.StartTicks} {(IsOnDemand ? OnDemand : Service)}\n"));

    /// <summary>Null for anything else than what <see cref="Format"/> makes.</summary>
    internal static AgentHolder? Parse(ReadOnlySpan<byte> bytes)
    {
        var words = Encoding.ASCII.GetString(bytes).TrimEnd('\n').Split(' ');
        return words.Length == 3
            && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            && words[2] is Service or OnDemand
            ? new AgentHolder(new ProcessIdentity(pid, start), words[2] == OnDemand)
            : null;
    }
}
