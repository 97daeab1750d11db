using System.Collections.Immutable;
using Parquet;
using Parquet.Schema;

namespace Sallyport.Server.Search;

/// <summary>
/// Columns of a Parquet file: attributes of OCSF 1.3.0 by their path. The job is <c>metadata.correlation_uid</c>; what OCSF has
/// no place for is <c>unmapped.…</c>. Owner, repository and day stand in the path of the file, as partitions.
/// </summary>
internal static class EventColumns
{
    public const string Job = "metadata.correlation_uid";

    /// <summary>Columns whose value is a text.</summary>
    private static readonly ImmutableArray<(DataField Field, Func<EventRow, string?> Of)> Texts =
    [
        (Text("status_detail"), row => row.StatusDetail),
        (Text("process.uid"), row => row.ProcessUid),
        (Text("process.file.path"), row => row.ProcessPath),
        (Text("process.file.hashes.sha256"), row => row.ProcessSha256),
        (Text("process.cmd_line"), row => row.ProcessCommand),
        (Text("process.user.uid"), row => row.ProcessUser),
        (Text("actor.process.uid"), row => row.ActorUid),
        (Text("actor.process.file.path"), row => row.ActorPath),
        (Text("actor.process.cmd_line"), row => row.ActorCommand),
        (Text("dst_endpoint.hostname"), row => row.DestinationHost),
        (Text("dst_endpoint.ip"), row => row.DestinationIp),
        (Text("connection_info.protocol_name"), row => row.Protocol),
        (Text("query.hostname"), row => row.QueryName),
        (Text("query.type"), row => row.QueryType),
        (Text("file.path"), row => row.FilePath),
        (Text("finding_info.uid"), row => row.FindingUid),
        (Text("finding_info.title"), row => row.FindingTitle),
        (Text("container.uid"), row => row.Container),
    ];

    private static readonly ImmutableArray<(DataField Field, Func<EventRow, int> Of)> Numbers =
    [
        (new DataField<int>("class_uid"), row => row.ClassUid),
        (new DataField<int>("activity_id"), row => row.ActivityId),
        (new DataField<int>("severity_id"), row => row.SeverityId),
    ];

    private static readonly ImmutableArray<(DataField Field, Func<EventRow, int?> Of)> PerhapsNumbers =
    [
        (new DataField<int?>("disposition_id"), row => row.DispositionId),
        (new DataField<int?>("process.pid"), row => row.ProcessPid),
        (new DataField<int?>("dst_endpoint.port"), row => row.DestinationPort),
    ];

    private static readonly ImmutableArray<(DataField Field, Func<EventRow, long> Of)> Longs =
    [
        (new DataField<long>("time"), row => row.TimeMs),
        (new DataField<long>("count"), row => row.Count),
    ];

    private static readonly DataField JobField = Text(Job);
    private static readonly DataField StepField = Text("unmapped.step");

    public static ParquetSchema Schema { get; } = new(
    [
        .. Numbers.Select(column => column.Field), .. PerhapsNumbers.Select(column => column.Field),
        .. Longs.Select(column => column.Field), .. Texts.Select(column => column.Field), JobField, StepField,
    ]);

    /// <summary>Writes one row group.</summary>
    public static async Task WriteAsync(
        ParquetWriter writer, string job, IReadOnlyList<EventRow> rows, Func<EventRow, string?> stepOf, CancellationToken cancellation)
    {
        using var group = writer.CreateRowGroup();
        foreach (var (field, of) in Numbers)
        {
            await group.WriteAsync<int>(field, rows.Select(of).ToArray(), cancellationToken: cancellation);
        }

        foreach (var (field, of) in PerhapsNumbers)
        {
            await group.WriteAsync<int>(field, rows.Select(of).ToArray(), cancellationToken: cancellation);
        }

        foreach (var (field, of) in Longs)
        {
            await group.WriteAsync<long>(field, rows.Select(of).ToArray(), cancellationToken: cancellation);
        }

        foreach (var (field, of) in Texts)
        {
            await group.WriteAsync(field, Values(rows, of));
        }

        await group.WriteAsync(JobField, Values(rows, _ => job));
        await group.WriteAsync(StepField, Values(rows, stepOf));
        group.CompleteValidate();
    }

    // The library takes null for a value that is not there, and does not say so in its types.
    private static string[] Values(IReadOnlyList<EventRow> rows, Func<EventRow, string?> of)
    {
        var values = new string[rows.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = of(rows[i])!;
        }

        return values;
    }

    private static DataField<string> Text(string name) => new(name);
}
