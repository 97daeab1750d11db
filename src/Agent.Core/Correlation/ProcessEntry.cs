namespace Sallyport.Agent.Core.Correlation;

/// <summary>What is known of one process.</summary>
internal sealed class ProcessEntry(string id)
{
    /// <summary>Id in documents: <c>p17</c>.</summary>
    public string Id { get; } = id;

    /// <summary>In the initial pid namespace; 0 when it was not told.</summary>
    public uint Pid { get; set; }

    /// <summary>Id of its container, or null on the host.</summary>
    public string? Container { get; set; }

    /// <summary>The step tag that it had last.</summary>
    public uint Execution { get; set; }

    /// <summary>First of the lines that stand for its connections.</summary>
    public ConnectionLine? Lines { get; set; }
}
