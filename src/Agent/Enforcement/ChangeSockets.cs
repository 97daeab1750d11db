using System.Collections.Immutable;
using System.ComponentModel;
using Sallyport.Agent.Host.Netlink;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// Netlink sockets that listen for changes of the machine, each with a program that tells those of the job and drops every
/// message (bpf/probes/change.bpf.c): nothing is ever read from them.
/// </summary>
internal sealed class ChangeSockets : IDisposable
{
    private const int NoProtocol = 93; // EPROTONOSUPPORT

    // RTNLGRP_LINK 1, TC 4, IPV4_IFADDR 5, IPV4_ROUTE 7, IPV4_RULE 8, IPV6_IFADDR 9, IPV6_ROUTE 11, IPV6_RULE 19,
    // NEXTHOP 32
    private const uint RouteGroups =
        1u << 0 | 1u << 3 | 1u << 4 | 1u << 6 | 1u << 7 | 1u << 8 | 1u << 10 | 1u << 18 | 1u << 31;
    private const uint NetfilterGroups = 1u << 6; // NFNLGRP_NFTABLES 7
    private const uint XfrmGroups = 1u << 2 | 1u << 3; // XFRMNLGRP_SA 3, XFRMNLGRP_POLICY 4

    private readonly List<NetlinkSocket> sockets = [];

    private ChangeSockets(KernelObject kernel)
    {
        var failures = ImmutableArray.CreateBuilder<string>();
        Open(kernel, NetlinkSocket.Route, RouteGroups, "on_route_change", "routes and devices", failures);
        Open(kernel, NetlinkSocket.Netfilter, NetfilterGroups, "on_netfilter_change", "packet filters", failures);
        Open(kernel, NetlinkSocket.Xfrm, XfrmGroups, "on_xfrm_change", "IPsec", failures);
        Failures = failures.ToImmutable();
    }

    /// <summary>What is not watched, with the reason.</summary>
    internal ImmutableArray<string> Failures { get; }

    internal static ChangeSockets Open(KernelObject kernel) => new(kernel);

    public void Dispose()
    {
        foreach (var socket in sockets)
        {
            socket.Dispose();
        }

        sockets.Clear();
    }

    private void Open(
        KernelObject kernel, int protocol, uint groups, string program, string what,
        ImmutableArray<string>.Builder failures)
    {
        try
        {
            sockets.Add(new NetlinkSocket(protocol, groups, kernel.Program(program)));
        }
        catch (Win32Exception e)
        {
            // A kernel without the protocol has nothing of the kind that could change.
            if (e.NativeErrorCode != NoProtocol)
            {
                failures.Add($"changes of {what} are not seen: {e.Message}");
            }
        }
    }
}
