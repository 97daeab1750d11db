using System.Collections.Immutable;
using System.Text.Json;

namespace Sallyport.Docker.Tests.Agent;

/// <summary>report.json read the way another program would read it: only the documented parts, by name.</summary>
public sealed record JobReport(
    string? Schema,
    ImmutableArray<ReportedConnection> Connections,
    ImmutableArray<ReportedName> Dns,
    ImmutableArray<ReportedProcess> Processes,
    ImmutableArray<ReportedContainer> Containers,
    ImmutableArray<ReportedFinding> Findings)
{
    public const string ExpectedSchema = "sallyport.report/v1";

    public static JobReport Read(string path)
    {
        JobReport report = JsonSerializer.Deserialize<JobReport>(File.ReadAllBytes(path), JsonSerializerOptions.Web)
            ?? throw new InvalidDataException($"{path} is null");
        Assert.Equal(ExpectedSchema, report.Schema);
        return report;
    }

    public ImmutableArray<ReportedConnection> ConnectionsTo(string address, int port) =>
        [.. Connections.Where(connection => connection.Address == address && connection.Port == port)];

    public ImmutableArray<ReportedName> QuestionsFor(string name) =>
        [.. Dns.Where(question => question.Name == name)];

    /// <summary>The process of the machine that asked for what this process runs in: the nearest one outside of containers.</summary>
    public ReportedProcess? AskerOf(ReportedProcess process)
    {
        ReportedProcess? asker = process;
        while (asker is { Container: not null })
        {
            asker = Processes.SingleOrDefault(one => one.Id == asker.Parent);
        }

        return asker;
    }

    /// <summary>It is dockerd that did it, which acts for the job and is in none of its containers.</summary>
    public bool IsByTheDaemon(ReportedConnection connection) => IsTheDaemon(ProcessOf(connection));

    /// <inheritdoc cref="IsByTheDaemon(ReportedConnection)"/>
    public bool IsByTheDaemon(ReportedName question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return IsTheDaemon(Assert.Single(Processes, process => process.Id == question.Process));
    }

    public ReportedProcess ProcessOf(ReportedConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return Assert.Single(Processes, process => process.Id == connection.Process);
    }

    private static bool IsTheDaemon(ReportedProcess process) =>
        Path.GetFileName(process.Exe) == "dockerd" && process.Container is null;
}
