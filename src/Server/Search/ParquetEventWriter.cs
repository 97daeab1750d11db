using Parquet;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;
using Sallyport.Server.Insights;
using Sallyport.Server.Recordings;

namespace Sallyport.Server.Search;

/// <summary>
/// One job's Parquet file. In memory are the rows of one row group, <see cref="GroupRows"/> or <see cref="GroupCharacters"/> and
/// what one segment adds at most; the file appears whole, beside that of another fold.
/// </summary>
internal sealed class ParquetEventWriter : IEventWriter
{
    /// <summary>Rows of a row group: few enough for memory, enough for an engine that skips by row group.</summary>
    public const int GroupRows = 50_000;

    /// <summary>Characters of rows in memory, about: a row group ends before when rows are long.</summary>
    public const int GroupCharacters = 16 << 20;

    private static readonly ParquetOptions Options = new() { CompressionMethod = CompressionMethod.Snappy };

    private readonly JobRow job;
    private readonly EventFiles files;
    private readonly IRecordingStore? bucket;
    private readonly string temporary;
    private readonly List<EventRow> rows = [];
    private readonly EventRows maker;
    private FileStream? stream;
    private ParquetWriter? writer;
    private long characters;

    /// <param name="bucket">Where the file is put as well; null for nowhere.</param>
    public ParquetEventWriter(JobRow job, EventFiles files, string workFolder, IRecordingStore? bucket)
    {
        this.job = job;
        this.files = files;
        this.bucket = bucket;
        temporary = Path.Combine(workFolder, $"{job.Id}.{Guid.NewGuid():n}.parquet");
        maker = new EventRows(job.RegisteredMs, Add);
    }

    public void Accept(RecordedEvent recorded) => maker.Accept(recorded);

    public async Task SegmentEndedAsync(CancellationToken cancellation)
    {
        if (rows.Count >= GroupRows || characters >= GroupCharacters)
        {
            await WriteGroupAsync(cancellation);
        }
    }

    public async Task CompleteAsync(ReportDocument report, CancellationToken cancellation)
    {
        if (rows.Count > 0)
        {
            await WriteGroupAsync(cancellation);
        }

        if (stream is null)
        {
            // A job of which no row came has no file.
            return;
        }

        writer!.CustomMetadata = new Dictionary<string, string>
        {
            ["ocsf.version"] = "1.3.0",
            ["sallyport.version"] = report.Tool.Version ?? "",
            ["sallyport.forgotten"] = maker.Forgotten.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        await writer.DisposeAsync();
        writer = null;
        await stream.DisposeAsync();
        stream = null;
        var name = EventFiles.NameOf(job);
        if (bucket is not null)
        {
            await bucket.PutFileAsync(name, temporary, cancellation);
        }

        files.Place(name, temporary);
    }

    public async ValueTask DisposeAsync()
    {
        if (stream is not null)
        {
            // Half a file: the writer would end it.
            await stream.DisposeAsync();
        }

        File.Delete(temporary);
    }

    private void Add(EventRow row)
    {
        rows.Add(row);
        characters += row.Characters;
    }

    private async Task WriteGroupAsync(CancellationToken cancellation)
    {
        stream ??= new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 64 << 10);
        writer ??= await ParquetWriter.CreateAsync(EventColumns.Schema, stream, Options, cancellationToken: cancellation);
        await EventColumns.WriteAsync(writer, job.Id, rows, maker.StepOf, cancellation);
        maker.LetGo();
        rows.Clear();
        characters = 0;
    }
}
