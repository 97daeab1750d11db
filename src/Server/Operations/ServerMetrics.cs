using System.Diagnostics;
using System.Diagnostics.Metrics;
using Sallyport.Server.Work;

namespace Sallyport.Server.Operations;

/// <summary>What the server counts of itself (OpenTelemetry's names and units); docs/server.md lists it.</summary>
internal sealed class ServerMetrics
{
    /// <summary>Of the meter, and of the source of traces.</summary>
    public const string Name = "Sallyport.Server";

    /// <summary>Traces of work; those of requests are ASP.NET Core's.</summary>
    public static readonly ActivitySource Activities = new(Name);

    private readonly Counter<long> segments;
    private readonly Counter<long> bytes;
    private readonly Counter<long> events;
    private readonly Counter<long> refused;
    private readonly Counter<long> removed;
    private readonly Histogram<double> work;
    private WorkState state = new();
    private long ageMs;

    public ServerMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(Name);
        segments = meter.CreateCounter<long>("sallyport.ingest.segments", "{segment}", "Segments that were answered as kept, repeated ones too.");
        bytes = meter.CreateCounter<long>("sallyport.ingest.bytes", "By", "Packed bytes of these.");
        events = meter.CreateCounter<long>("sallyport.ingest.events", "{event}", "Events in these.");
        refused = meter.CreateCounter<long>("sallyport.ingest.refused", "{request}", "Requests of agents that were refused, by reason.");
        removed = meter.CreateCounter<long>("sallyport.retention.jobs", "{job}", "Jobs that were removed because of age or size.");
        work = meter.CreateHistogram<double>("sallyport.work.duration", "s", "Time of a piece of work, by kind and outcome; finish is the fold of a job.");
        _ = meter.CreateObservableGauge("sallyport.work.depth", () => Volatile.Read(ref state).Due, "{item}", "Work that is due and not claimed.");
        _ = meter.CreateObservableGauge("sallyport.work.failing", () => Volatile.Read(ref state).Failing, "{item}", "Work that failed five times or more.");
        _ = meter.CreateObservableGauge("sallyport.work.age", () => Interlocked.Read(ref ageMs) / 1000.0, "s", "How long the oldest work has been due.");
    }

    public void Accepted(long segmentBytes, long segmentEvents)
    {
        segments.Add(1);
        bytes.Add(segmentBytes);
        events.Add(segmentEvents);
    }

    /// <param name="reason">A word of a small, fixed set.</param>
    public void Refused(string reason) => refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Removed(int jobs) => removed.Add(jobs);

    public void Worked(string kind, string outcome, TimeSpan took) =>
        work.Record(took.TotalSeconds, new("kind", kind), new("outcome", outcome));

    /// <summary>The queue as it was just read.</summary>
    public void Queue(WorkState now, TimeSpan age)
    {
        Volatile.Write(ref state, now);
        Interlocked.Exchange(ref ageMs, (long)age.TotalMilliseconds);
    }
}
