namespace Sallyport.Agent.Enforcement.DockerSocket;

/// <summary>Who is at the other end of a connection.</summary>
/// <param name="Pid">That connected; it may have handed the connection on since.</param>
/// <param name="Owner">What it asks for is this one's; null for somebody who is not of the job.</param>
internal sealed record DockerClient(int Pid, ContainerOwner? Owner);
