using System.Globalization;
using System.Text.Json;

namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary>Reads the block that ends a step.</summary>
internal static class TelemetryReader
{
    public static StepTelemetryEntry? Read(ReadOnlyMemory<byte> json)
    {
        return JsonField.Object(json) is { } root
            ? new StepTelemetryEntry(
                root.Text("action"),
                root.Text("type"),
                root.Text("stage"),
                root.Text("stepId"),
                root.Text("stepContextName"),
                root.Field("isEmbedded") is { Kind: JsonValueKind.True },
                root.Text("result"),
                Time(root, "startTime"),
                Time(root, "finishTime"),
                root.Field("errorMessages") is { Kind: JsonValueKind.Array, Items.Count: > 0 })
            : null;
    }

    private static DateTimeOffset? Time(JsonField root, string name) =>
        DateTimeOffset.TryParse(
            root.Text(name), CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;
}
