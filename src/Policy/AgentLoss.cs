namespace Sallyport.Policy;

/// <summary><c>onAgentLoss</c>: what the kernel does when the agent's heartbeat is stale.</summary>
public enum AgentLoss
{
    /// <summary>Verdicts go on unchanged.</summary>
    Keep,

    /// <summary>New flows are refused.</summary>
    Deny,
}
