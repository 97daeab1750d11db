using System.Net;
using Sallyport.Agent.Enforcement.DockerSocket;
using Sallyport.Agent.Host;
using Sallyport.Agent.Host.Netlink;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// Tables of containers that ran before the job was watched, and are its own: what is in their cgroups is the job's from here
/// on, and what the job says to them does not leave.
/// </summary>
internal sealed class EarlierContainers(KernelObject kernel, Uplinks uplinks, AgentRecords records)
{
    /// <param name="id">64 hexadecimal digits.</param>
    /// <param name="cgroup">Number of its cgroup v2.</param>
    /// <param name="folders">Of that cgroup, and of all below it.</param>
    /// <param name="execution">That asked for it; 0 when that is not known.</param>
    /// <returns>False when a table is full.</returns>
    internal bool TryAdopt(string id, ulong cgroup, IEnumerable<string> folders, uint execution)
    {
        var isWhole = kernel.Map("container_owners").TrySet(
            ContainerKey.Of(id), OwnerValue.Of(new ContainerOwner(0, execution, IsInferred: true)));
        foreach (var folder in folders)
        {
            isWhole &= kernel.Map("cgroups").TrySet(
                FileIdentity.Inode(folder), new CgroupTag { Container = cgroup, Execution = execution });
        }

        records.AddContainer(cgroup, execution, id);
        return isWhole;
    }

    /// <summary>All are adopted: devices that lead to them are the job's, and bridges that lead to nobody else.</summary>
    /// <param name="namespaces">What this network namespace calls theirs.</param>
    internal void LearnNetworks(IReadOnlySet<int> namespaces)
    {
        if (namespaces.Count > 0)
        {
            uplinks.Adopt(NetworkSnapshot.Take(), namespaces);
        }
    }

    /// <summary>Published ports behind which there are only these may be used.</summary>
    /// <param name="addresses">Of the containers.</param>
    internal void OpenPorts(IReadOnlySet<IPAddress> addresses)
    {
        if (addresses.Count > 0)
        {
            ForeignListeners.AllowForwarders(kernel, addresses);
        }
    }

    /// <summary>The runtime has worked for the job: what it does by itself may be for its containers.</summary>
    internal void UseRuntime() => kernel.Map("runtime_used").Set(0u, 1u);
}
