using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Control;

/// <summary>What every message begins with: <c>{"v":1,"type":"job.start",…}</c>.</summary>
public abstract record ControlMessage
{
    /// <summary>Always <see cref="ControlLimits.Version"/>.</summary>
    [JsonPropertyOrder(-2)]
    public int V { get; } = ControlLimits.Version;

    /// <summary>Which message it is.</summary>
    [JsonPropertyOrder(-1)]
    public abstract string Type { get; }
}
