using Sallyport.Agent.Enforcement;

namespace Sallyport.Agent.Kernel;

/// <summary>Takes what a container runtime says of the job's containers.</summary>
internal interface IContainerHandler
{
    /// <summary>Called on the draining thread, some time after the container's record.</summary>
    void Describe(ContainerDescription container);
}
