using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Sallyport.Baseline;

/// <summary>
/// Reads and writes <c>sallyport.lock</c>: indented JSON, sorted, ending in a line feed, so that a review shows one
/// destination per change.
/// </summary>
public static class LockFile
{
    /// <summary>Bytes of a file.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Jobs of a file.</summary>
    public const int MaxJobs = 4096;

    /// <summary>Reads a lock file.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="document">Sorted, when true is returned.</param>
    /// <param name="mistake">What is wrong, where, and what is accepted, when false is returned.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out LockDocument? document,
        [NotNullWhen(false)] out string? mistake)
    {
        document = null;
        if (bytes.Length > MaxBytes)
        {
            mistake = $"the file has {bytes.Length} bytes; accepted: at most {MaxBytes}";
            return false;
        }
        LockDocument? read;
        try
        {
            read = JsonSerializer.Deserialize(bytes, LockJsonContext.Default.LockDocument);
        }
        catch (JsonException exception)
        {
            mistake = $"line {exception.LineNumber + 1}: not a lock file; accepted: JSON of schema {LockDocument.SchemaName}";
            return false;
        }
        mistake = read is null ? "the file holds null" : Check(read);
        document = mistake is null ? Normalize(read!) : null;
        return document is not null;
    }

    /// <summary>Writes a lock file.</summary>
    /// <param name="document">What to write.</param>
    public static byte[] Write(LockDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return [.. JsonSerializer.SerializeToUtf8Bytes(document, LockJsonContext.Default.LockDocument), (byte)'\n'];
    }

    private static string? Check(LockDocument document)
    {
        if (document.Schema != LockDocument.SchemaName)
        {
            return $"the schema is another one; accepted: {LockDocument.SchemaName}";
        }
        if (document.Jobs.IsDefault || document.Jobs.Length > MaxJobs || document.Jobs.Any(job => !IsGood(job)))
        {
            return $"a job is malformed; accepted: at most {MaxJobs} jobs, each with a name, runs, and at most "
                + $"{JobBaseline.MaxDestinations} destinations with protocol, host, port, runs, steps and processes";
        }
        return document.Jobs.Select(job => job.Job).Distinct(StringComparer.Ordinal).Count() == document.Jobs.Length
            ? null
            : "a job stands there twice; accepted: each job once";
    }

    private static bool IsGood(JobBaseline job) =>
        job is { Job.Length: > 0 and <= JobBaseline.MaxTextLength, Runs: >= 0, Destinations.IsDefault: false }
        && job.Destinations.Length <= JobBaseline.MaxDestinations
        && job.Destinations.All(IsGood)
        && job.Destinations.Select(destination => destination.Key).Distinct().Count() == job.Destinations.Length;

    private static bool IsGood(KnownDestination destination) =>
        destination is
        {
            Protocol.Length: > 0 and <= 16,
            Host.Length: > 0 and <= JobBaseline.MaxTextLength,
            Port: >= 0 and <= ushort.MaxValue,
            Runs: >= 1 and <= 1_000_000_000_000,
            Steps: { IsDefault: false, Length: <= KnownDestination.MaxCallers },
            Processes: { IsDefault: false, Length: <= KnownDestination.MaxCallers },
        }
        && destination.Steps.Concat(destination.Processes).All(text => text is { Length: > 0 and <= JobBaseline.MaxTextLength });

    // Merged by hand, a file may be out of order.
    private static LockDocument Normalize(LockDocument document) => document with
    {
        Jobs =
        [
            .. document.Jobs.Select(job => job with { Destinations = JobBaseline.Sort(job.Destinations) })
                .OrderBy(job => job.Job, StringComparer.Ordinal),
        ],
    };
}
