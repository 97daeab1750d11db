using System.Text.Json;

namespace Sallyport.Server.Insights.Lists;

/// <summary>A destination of an organisation, or of one job of it.</summary>
internal sealed record DestinationRow
{
    public required string Owner { get; init; }

    public required string Protocol { get; init; }

    public required string Host { get; init; }

    public int Port { get; init; }

    /// <summary>Of one place; empty in the list of all.</summary>
    public string Repository { get; init; } = "";

    public string Workflow { get; init; } = "";

    public string JobName { get; init; } = "";

    public long FirstMs { get; init; }

    public long LastMs { get; init; }

    public required string FirstJob { get; init; }

    public required string LastJob { get; init; }

    public long Jobs { get; init; }

    public long Refused { get; init; }

    /// <summary>Jobs of workflows.</summary>
    public long Places { get; init; }

    /// <summary>Arrays in JSON, one a line.</summary>
    public string? Programs { get; init; }

    /// <summary>As it is counted: <c>tcp://example.com:443</c>.</summary>
    public string Key => new DestinationKey(Protocol, Host, Port).ToString();

    public string Endpoint => (Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host) + (Port == 0 ? "" : $":{Port}");

    public IEnumerable<string> ProgramNames => (Programs ?? "")
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(line => JsonSerializer.Deserialize<string[]>(line) ?? [])
        .Select(path => path[(path.LastIndexOf('/') + 1)..])
        .Distinct(StringComparer.Ordinal)
        .Take(8);
}
