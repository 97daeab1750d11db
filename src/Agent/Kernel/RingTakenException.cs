namespace Sallyport.Agent.Kernel;

/// <summary>Somebody else reads or writes a ring: what it holds is no witness any more, and the job cannot be observed.</summary>
internal sealed class RingTakenException(string message) : Exception(message);
