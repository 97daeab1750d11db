namespace Sallyport.Agent.Core.Dns;

/// <summary>Why a message is no question that a policy can judge.</summary>
public enum DnsQueryDefect
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>Other than one question.</summary>
    QuestionCount,

    /// <summary>Too short or too long, not a standard query, or a name with other bytes than [a-z0-9_-].</summary>
    Malformed,
}
