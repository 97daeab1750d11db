using System.Diagnostics;
using System.Globalization;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Core.Tests;
using Sallyport.Bench.Decode;
using Sallyport.Protocol.Recording;

// What one event costs from the ring to the recording's event: prints a table, never fails for a figure. The aim is
// 2 million events a second decoded, with 0 bytes allocated each.
const int Warm = 200_000;
const int Events = 4_000_000;
var each = RecordBytes.OneOfEach();
var repeats = new[] { RecordBytes.Connection() };
var sockets = Enumerable.Range(1, 50_000).Select(cookie => RecordBytes.Connection(cookie: (ulong)cookie)).ToArray();
var forks = Enumerable.Range(1, 50_000).Select(process => RecordBytes.Forked((ulong)process, parent: 1)).ToArray();

Console.WriteLine("stage                              Mevents/s   bytes/event");
var decoder = new RecordDecoder();
var counted = new CountedEvents(new long[1]);
Measure("decode, one of each type", each, record => decoder.Decode(RecordRing.Events, record, counted));
Correlate("correlate, repeats of one flow", repeats);
Correlate("correlate, sockets of one process", sockets);
Correlate("correlate, forks (a line each)", forks);
Correlate("correlate, one of each type", each);

static void Correlate(string name, IReadOnlyList<byte[]> records)
{
    var correlator = new JobCorrelator();
    var sink = new NullSink();
    Measure(name, records, record => correlator.Accept(RecordRing.Events, record, sink));
}

static void Measure(string name, IReadOnlyList<byte[]> records, Func<byte[], bool> take)
{
    Take(records, take, Warm);
    var allocated = GC.GetAllocatedBytesForCurrentThread();
    var start = Stopwatch.GetTimestamp();
    Take(records, take, Events);
    var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
    var bytes = (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / Events;
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name,-34} {Events / seconds / 1e6,9:F2} {bytes,13:F1}"));
}

static void Take(IReadOnlyList<byte[]> records, Func<byte[], bool> take, int count)
{
    for (var i = 0; i < count; i++)
    {
        if (!take(records[i % records.Count]))
        {
            throw new InvalidOperationException("a good record was refused");
        }
    }
}
