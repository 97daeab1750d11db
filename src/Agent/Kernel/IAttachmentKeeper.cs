using Sallyport.Agent.Enforcement;

namespace Sallyport.Agent.Kernel;

/// <summary>Is told of each attachment as it is made, so that it outlives this process and can be taken off after it.</summary>
internal interface IAttachmentKeeper
{
    /// <summary>Keeps a BPF link attached. False when it cannot: the link then ends with this process.</summary>
    bool TryKeep(int link);

    /// <summary>
    /// A link that is about to be closed, because it judges nothing any more. Its name goes; what the guardian holds of it does not,
    /// and keeps one of its places.
    /// </summary>
    void Forget(int link);

    /// <summary>A filter stays by itself; it is to be removed at the end.</summary>
    void Keep(TrafficFilter filter);
}
