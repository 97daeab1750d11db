namespace Sallyport.Agent.Core.Correlation;

/// <summary>What is known of one container.</summary>
internal sealed class ContainerEntry(string id)
{
    /// <summary>64 hexadecimal digits, or BuildKit's 25 of 0-9 and a-z.</summary>
    public string Id { get; } = id;

    public string? Name { get; set; }

    public string? Image { get; set; }

    /// <summary>What it has of the machine; null for nothing, or not known yet.</summary>
    public string? HostAccess { get; set; }

    public string? Step { get; set; }

    /// <summary>The execution that asked for it, or 0.</summary>
    public uint Execution { get; set; }

    /// <summary>Nobody saw the request for it.</summary>
    public bool StepInferred { get; set; }

    /// <summary>True once the recording has it.</summary>
    public bool Announced { get; set; }
}
