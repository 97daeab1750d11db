using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Enforcement.DnsOverTcp;

/// <summary>Connections to the machine's resolvers.</summary>
internal interface IUpstreams : IDisposable
{
    /// <summary>The machine's first resolver; zero when there is none.</summary>
    AddressValue First { get; }

    /// <summary>Begins to connect; null when the resolver is not reached from here.</summary>
    FramedSocket? Begin(AddressValue resolver);

    /// <summary>The connection stands, and it is the resolver at its other end.</summary>
    bool IsGenuine(FramedSocket upstream, AddressValue resolver);
}
