namespace Sallyport.Agent.Core.Detection;

/// <summary>What detectors know of one process.</summary>
/// <param name="process">Id.</param>
/// <param name="parent">Id of the one that forked it; null when that is not of the job.</param>
/// <param name="execution">Step tag that it began with.</param>
/// <param name="pid">In the initial pid namespace.</param>
/// <param name="container">Id, or null on the host.</param>
/// <param name="command">Whose command it belongs to, when not its own.</param>
internal sealed class LineageEntry(string process, string? parent, uint execution, int pid, string? container, LineageEntry? command)
{
    public string Process => process;

    public string? Parent => parent;

    public uint Execution => execution;

    public int Pid => pid;

    public string? Container => container;

    /// <summary>
    /// The command of its step that it belongs to: itself or the ancestor that the step's shell started, or that the step began with. What a
    /// script calls one after the other are several commands; a program and all that it starts are one.
    /// </summary>
    public LineageEntry Command => command ?? this;

    /// <summary>Path of its program; its parent's until it has one of its own.</summary>
    public string? Exe { get; set; }

    /// <summary>Its program is what a container runtime begins with in a container.</summary>
    public bool IsRuntimes { get; set; }

    /// <summary>It makes ready a container that it is in already.</summary>
    public bool IsOfRuntime => IsRuntimes || (container is not null && Exe is null);

    /// <summary>The script that its program was given, when that is an interpreter.</summary>
    public string? Script { get; set; }

    /// <summary>Programs and scripts that it has run itself, one after the other, but for the system's. Bounded by <see cref="Lineage.MostPrograms"/>.</summary>
    public List<string>? Programs { get; set; }

    /// <summary>Real user id at its last exec.</summary>
    public uint? UserId { get; set; }

    /// <summary>It called another machine, and was let.</summary>
    public bool HasConnected { get; set; }

    /// <summary>Id of the child of its that last did.</summary>
    public string? ConnectedChild { get; set; }

    /// <summary>Of a command: which kinds of credentials it opened, one bit each (<see cref="CredentialFiles.Families"/>).</summary>
    public uint Credentials { get; set; }

    /// <summary>Children that are known.</summary>
    public int Children { get; set; }

    public bool IsAlive { get; set; } = true;
}
