using System.Globalization;
using System.Text.Json.Serialization;

namespace Sallyport.Agent.Control;

/// <summary>That enforcement is switched off for a job: whoever takes the job over goes on so.</summary>
/// <param name="Reason">As it was given.</param>
/// <param name="Before">Mode until then, <c>audit</c> or <c>block</c>.</param>
internal sealed record JobOverride(string Reason, string Before)
{
    /// <summary>Of the server's override; null when root on the machine has said it.</summary>
    public string? Id { get; init; }

    /// <summary>Who has signed it on the server; null when root on the machine has said it.</summary>
    public string? By { get; init; }

    /// <summary>When it ends; null at the job's end.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>As outputs have it: <c>overridden by mona until 2025-11-26 12:00:00Z: the registry has moved</c>.</summary>
    [JsonIgnore]
    public string Said => Until is { } until
        ? string.Create(CultureInfo.InvariantCulture, $"overridden by {By} until {until:u}: {Reason}")
        : $"overridden by root: {Reason}";

    /// <summary>Whether it has ended.</summary>
    internal bool IsOver(DateTimeOffset now) => Until <= now;
}
