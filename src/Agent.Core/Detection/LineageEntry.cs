namespace Sallyport.Agent.Core.Detection;

/// <summary>What detectors know of one process.</summary>
/// <param name="Process">Id.</param>
/// <param name="Parent">Id of the one that forked it; null when that is not of the job.</param>
/// <param name="Execution">Step tag that it began with.</param>
/// <param name="Pid">In the initial pid namespace.</param>
/// <param name="Container">Id, or null on the host.</param>
internal sealed record LineageEntry(string Process, string? Parent, uint Execution, int Pid, string? Container)
{
    /// <summary>Path of its program; its parent's until it has one of its own.</summary>
    public string? Exe { get; set; }

    /// <summary>The script that its program was given, when that is an interpreter.</summary>
    public string? Script { get; set; }

    /// <summary>Real user id at its last exec.</summary>
    public uint? UserId { get; set; }

    /// <summary>It called another machine, and was let.</summary>
    public bool HasConnected { get; set; }

    /// <summary>Id of the child of its that last did.</summary>
    public string? ConnectedChild { get; set; }

    public bool IsAlive { get; set; } = true;
}
