namespace Sallyport.Agent.Control.Sockets;

/// <summary>Who is one asker at a socket, and has the bounds of one.</summary>
/// <param name="User">uid.</param>
/// <param name="Part">A process that stands for all below it, or 0: a step of a job is one, and the runner's own `post` another.</param>
internal readonly record struct PeerGroup(uint User, int Part);
