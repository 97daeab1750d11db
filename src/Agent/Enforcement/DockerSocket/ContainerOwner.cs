namespace Sallyport.Agent.Enforcement.DockerSocket;

/// <summary>Who asked for a container, an exec or a build.</summary>
/// <param name="Process">Number of the process in the job; 0 when it is not known which.</param>
/// <param name="Execution">Its execution (step); 0 likewise.</param>
/// <param name="IsInferred">Another one may have asked.</param>
internal sealed record ContainerOwner(ulong Process, uint Execution, bool IsInferred);
