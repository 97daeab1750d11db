using System.Collections.Immutable;
using System.Net;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// The machine's resolvers, fixed at the start: those of /etc/resolv.conf, and behind the stub of systemd-resolved those
/// that it asks itself. Resolvers that appear later add nothing (HARDENING 2).
/// </summary>
internal sealed class ResolverSet
{
    private const string Upstreams = "/run/systemd/resolve/resolv.conf";
    private const int Most = 16;

    private ResolverSet(ImmutableArray<IPAddress> servers) => Servers = servers;

    internal ImmutableArray<IPAddress> Servers { get; }

    /// <summary>One of them answers on loopback: its questions are judged there.</summary>
    internal bool HasStub => Servers.Any(IPAddress.IsLoopback);

    internal static ResolverSet OfThisMachine()
    {
        var servers = Resolvers.OfThisMachine().Servers;
        if (servers.Any(IPAddress.IsLoopback))
        {
            servers = servers.AddRange(Resolvers.Parse(ProcText.TryRead(Upstreams) ?? string.Empty).Servers);
        }

        return new ResolverSet([.. servers.Distinct().Take(Most)]);
    }

    internal void Write(KernelMap resolvers)
    {
        foreach (var server in Servers)
        {
            resolvers.Set(AddressValue.From(server), default(ResolverValue));
        }
    }
}
