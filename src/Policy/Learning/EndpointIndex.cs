using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Learning;

/// <summary>
/// Endpoints by what they speak of, so that those which cover another are found without comparing all with all: a job
/// may have called 50,000. For endpoints as they are learned: a name, a wildcard or one address, with one port.
/// </summary>
internal sealed class EndpointIndex
{
    private readonly Dictionary<(string? Name, IpPrefix? Network, bool Wildcard, PortRange Ports), List<Endpoint>> byPort = [];
    private readonly Dictionary<(string? Name, IpPrefix? Network, bool Wildcard), List<Endpoint>> byTarget = [];

    public EndpointIndex(IEnumerable<Endpoint> endpoints)
    {
        foreach (Endpoint endpoint in endpoints)
        {
            Add(byPort, (endpoint.Name, endpoint.Network, endpoint.Wildcard, endpoint.Ports), endpoint);
            Add(byTarget, (endpoint.Name, endpoint.Network, endpoint.Wildcard), endpoint);
        }
    }

    /// <summary>Those that cover it, itself among them when it is one.</summary>
    public IEnumerable<Endpoint> Covering(Endpoint endpoint)
    {
        IEnumerable<Endpoint> found = endpoint.Wildcard ? [] : At(endpoint, endpoint.Name, wildcard: false);
        if (endpoint.Name is { } name)
        {
            found = found.Concat(Zones(name, endpoint.Wildcard).SelectMany(zone => At(endpoint, zone, wildcard: true)));
        }
        return found.Where(candidate => candidate.Covers(endpoint));
    }

    // A question has no port: whatever speaks of its name allows it.
    private List<Endpoint> At(Endpoint endpoint, string? name, bool wildcard) => endpoint.Scheme == EndpointScheme.Dns
        ? byTarget.GetValueOrDefault((name, endpoint.Network, wildcard)) ?? []
        : byPort.GetValueOrDefault((name, endpoint.Network, wildcard, endpoint.Ports)) ?? [];

    private static IEnumerable<string> Zones(string name, bool withItself)
    {
        if (withItself)
        {
            yield return name;
        }
        for (int dot = name.IndexOf('.'); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            yield return name[(dot + 1)..];
        }
    }

    private static void Add<TKey>(Dictionary<TKey, List<Endpoint>> table, TKey key, Endpoint endpoint)
        where TKey : notnull
    {
        if (!table.TryGetValue(key, out List<Endpoint>? list))
        {
            table.Add(key, list = []);
        }
        list.Add(endpoint);
    }
}
