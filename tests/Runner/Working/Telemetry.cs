using System.Text.Json;
using System.Text.Json.Serialization;
using Sallyport.Runner.Messages;

namespace Sallyport.Runner.Working;

/// <summary>
/// The block that the worker logs after each step, in its order of members; what is null is left out.
/// </summary>
internal sealed record Telemetry
{
    private static readonly RunnerJson s_format = new(PipeJson.OfDocuments(JsonIgnoreCondition.WhenWritingNull));

    public required string Action { get; init; }

    public string? Ref { get; init; }

    public required string Type { get; init; }

    public string? Stage { get; init; }

    public string? StepId { get; init; }

    public string? StepContextName { get; init; }

    /// <summary>Of a composite, as are the next one and <see cref="StepCount"/>.</summary>
    public bool? HasRunsStep { get; init; }

    public bool? HasUsesStep { get; init; }

    public bool? IsEmbedded { get; init; }

    public bool? HasPreStep { get; init; }

    public bool? HasPostStep { get; init; }

    public int? StepCount { get; init; }

    public string? Result { get; init; }

    public IReadOnlyList<string> ErrorMessages { get; init; } = [];

    public long? ExecutionTimeInSeconds { get; init; }

    public string? StartTime { get; init; }

    public string? FinishTime { get; init; }

    public void Publish(WorkerLog log) => log.Write("ExecutionContext",
        $"Publish step telemetry for current step {JsonSerializer.Serialize(this, s_format.Telemetry)}.");

    /// <summary>100 ns, without zeros at the end, as the runner writes it.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", System.Globalization.CultureInfo.InvariantCulture);
}
