using System.ComponentModel;
using Sallyport.Agent.Host;
using Sallyport.Agent.Host.Netlink;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// Whose a network namespace is that a container runtime made: the job's when a process of the job is in it. The runtime puts the
/// container's first process there, tagged, before it moves a device in.
/// </summary>
internal static class NamespaceOwners
{
    /// <returns>False only when processes are in it and none of them is the job's.</returns>
    internal static bool MayBeOfJob(KernelObject kernel, int number)
    {
        var tasks = new JobTasks(kernel);
        var own = ProcText.TryReadLink("/proc/self/ns/net");
        var numbers = new Dictionary<string, bool>(StringComparer.Ordinal); // namespaces looked at
        var isInhabited = false;
        try
        {
            using var socket = new NetlinkSocket(NetlinkSocket.Route);
            foreach (var pid in ProcessNumbers.All())
            {
                if (ProcText.TryReadLink($"/proc/{pid}/ns/net") is not { } network || network == own)
                {
                    continue;
                }

                if (!numbers.TryGetValue(network, out var isIt))
                {
                    isIt = NamespaceNumber.Of(socket, pid) == number;
                    numbers.Add(network, isIt);
                }

                if (isIt)
                {
                    isInhabited = true;
                    if (tasks.ProcessOf((uint)pid) != 0)
                    {
                        return true;
                    }
                }
            }
        }
        catch (Win32Exception)
        {
            return true; // no socket: not known
        }

        return !isInhabited;
    }
}
