using System.Text;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>What a job's events are attributed with; each table states its own bound.</summary>
internal sealed class JobTables
{
    private const int ShortTexts = 8192;
    private const int LongestShortText = 128;

    /// <summary>Processes by the kernel's number.</summary>
    public ProcessTable Processes { get; } = new();

    /// <summary>Containers by cgroup.</summary>
    public ContainerTable Containers { get; } = new();

    /// <summary>Executables by file.</summary>
    public ExecutableTable Executables { get; } = new();

    /// <summary>Steps by execution.</summary>
    public StepTable Steps { get; } = new();

    /// <summary>Names by address.</summary>
    public NameBook Names { get; } = new();

    /// <summary>Lines by destination.</summary>
    public ConnectionBook Connections { get; } = new();

    /// <summary>Names from the network, escaped.</summary>
    public TextCache NameTexts { get; } = new(WireLimits.MaxNames, WireLimits.NameBytes, NameText.Read);

    /// <summary>Addresses.</summary>
    public TextCache AddressTexts { get; } = new(WireLimits.MaxNames, AddressBytes.Length, AddressText.Read);

    /// <summary>Arguments: most are short and repeat.</summary>
    public TextCache ArgumentTexts { get; } = new(ShortTexts, LongestShortText, Encoding.UTF8.GetString);

    /// <summary>Paths.</summary>
    public TextCache PathTexts { get; } = new(ShortTexts, WireLimits.PathBytes, Encoding.UTF8.GetString);

    /// <summary>
    /// The container of an event: by its cgroup; else, for a cgroup made inside a container, that of its process,
    /// which inherited it.
    /// </summary>
    public string? ContainerOf(ulong cgroup, ulong process) =>
        Containers.IdOf(cgroup) ?? Processes.Find(process)?.Container;
}
