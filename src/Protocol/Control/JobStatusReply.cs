using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Control;

/// <summary>The jobs that are watched on this machine.</summary>
/// <param name="Jobs">By their start.</param>
/// <param name="Yours">The one that the client's process belongs to, by its lineage, never by what it says; null for none.</param>
/// <param name="Omitted">Jobs that the message has no room for.</param>
public sealed record JobStatusReply(ImmutableArray<RunningJob> Jobs, string? Yours, int Omitted) : ControlReply
{
    /// <summary>
    /// The job of <see cref="Yours"/> has the inputs of the very step that the client's process belongs to, by the environment that the runner
    /// gave that; false from an agent that does not say.
    /// </summary>
    public bool Taken { get; init; }

    /// <inheritdoc/>
    [JsonPropertyOrder(-1)]
    public override string Type => "status";

    internal override ControlReply WithAtMost(int entries) => Jobs.Length <= entries
        ? this : this with { Jobs = Jobs[..entries], Omitted = Omitted + Jobs.Length - entries };
}
