using Sallyport.Agent.Core.Correlation;

namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary>
/// Reads the log of Runner.Worker as it grows. Never throws, whatever the bytes and however they are cut; keeps one line
/// and one JSON object, both bounded.
/// </summary>
/// <remarks>
/// The log escapes nothing: a display name, an argument or a condition with a line break can go on as if it were the next
/// line. Where such text is open at the end of its line, all that follows is withheld until the end of a step is told by
/// the guid that the service gave it, which no text written beforehand can know. Withheld lines confirm nothing, so
/// a forgery makes a policy narrower and never wider. A step that runs as the worker's user can write to the file itself:
/// the log alone decides nothing, see <see cref="Steps.StepBook"/>.
/// </remarks>
public sealed class WorkerLogReader
{
    private readonly LineBuffer line = new();
    private readonly HashSet<string> guids = new(StringComparer.OrdinalIgnoreCase);
    private JsonMessage? json;
    private bool jsonIsJob;
    private bool jobMessageFollows;
    private string? fileName;
    private string? arguments;
    private bool skipping;

    /// <summary>Lines whose text is longer than 1 MiB and was cut.</summary>
    public long Overlong { get; private set; }

    /// <summary>Messages that are not what they should be.</summary>
    public long Malformed { get; private set; }

    /// <summary>Lines that were not believed.</summary>
    public long Withheld { get; private set; }

    /// <summary>True once the job message was read. It stands near the begin of a log, so without it that begin was not seen.</summary>
    public bool HasJob { get; private set; }

    /// <summary>True while lines are withheld.</summary>
    public bool IsUncertain { get; private set; }

    /// <summary>Takes the next bytes of the log.</summary>
    /// <param name="bytes">Cut anywhere; not kept after the call.</param>
    /// <param name="sink">Takes what they say.</param>
    public void Accept(ReadOnlySpan<byte> bytes, IEventSink<WorkerEntry> sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        for (var end = bytes.IndexOf((byte)'\n'); end >= 0; end = bytes.IndexOf((byte)'\n'))
        {
            line.Add(bytes[..end]);
            bytes = bytes[(end + 1)..];
            Take(sink);
            line.Clear();
        }

        line.Add(bytes);
    }

    /// <summary>The worker went on in a new file (at 8 MB); a message does not span two.</summary>
    public void NextFile(IEventSink<WorkerEntry> sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        if (!line.IsEmpty || json is not null)
        {
            Missing(sink);
        }
    }

    /// <summary>Bytes of the log were not read: what follows is withheld until it can be believed.</summary>
    public void Missing(IEventSink<WorkerEntry> sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        Malformed++;
        line.Clear();
        (json, jobMessageFollows, skipping) = (null, false, true);
        Doubt(sink);
    }

    private void Take(IEventSink<WorkerEntry> sink)
    {
        Overlong += line.IsCut ? 1 : 0;
        var text = line.Line;
        text = text.StartsWith("\uFEFF"u8) ? text[3..] : text;
        text = text.EndsWith("\r"u8) ? text[..^1] : text;
        if (LogHeader.TryRead(text, out var header))
        {
            // Inside an object no line begins so: the object was cut off.
            if (json is not null || jobMessageFollows)
            {
                Malformed++;
            }

            (json, jobMessageFollows, skipping) = (null, false, false);
            Message(header, sink);
            return;
        }

        if (jobMessageFollows && !text.Trim(" \t"u8).IsEmpty)
        {
            jobMessageFollows = false;
            (json, jsonIsJob) = (new JsonMessage(), true);
        }

        if (json is not null && !skipping)
        {
            Add(text, json, sink);
        }
    }

    private void Add(ReadOnlySpan<byte> text, JsonMessage whole, IEventSink<WorkerEntry> sink)
    {
        if (whole.Add(text))
        {
            json = null;
            Object(whole, sink);
        }
    }

    private void Message(LogHeader header, IEventSink<WorkerEntry> sink)
    {
        var message = header.Message;
        if (message.StartsWith("Publish step telemetry for current step {"u8) && header.Source.SequenceEqual("ExecutionContext"u8))
        {
            (json, jsonIsJob) = (new JsonMessage(), false);
            Add(message[message.IndexOf((byte)'{')..], json, sink);
            return;
        }

        if (message.SequenceEqual("Job message:"u8) && header.Source.SequenceEqual("Worker"u8) && !HasJob)
        {
            jobMessageFollows = true;
            return;
        }

        if (IsUncertain)
        {
            Withheld++;
            return;
        }

        var entry = Read(header, out var open);
        if (entry is not null)
        {
            sink.Accept(entry);
        }

        if (open)
        {
            Doubt(sink);
        }
    }

    private WorkerEntry? Read(LogHeader header, out bool open)
    {
        var message = header.Message;
        var source = header.Source;
        open = false;
        if (source.SequenceEqual("ProcessInvokerWrapper"u8))
        {
            return Process(message, out open);
        }

        var embedded = source.SequenceEqual("CompositeActionHandler"u8);
        if (embedded || source.SequenceEqual("StepsRunner"u8))
        {
            return LogText.Step(message, embedded, line.IsCut, line.Last, out open);
        }

        return LogText.Job(source, message);
    }

    private ProcessStartedEntry? Started(ReadOnlySpan<byte> message) =>
        LogText.TryNumber(message, "Process started with process id "u8, ", waiting for process exit."u8, out var pid)
            ? new ProcessStartedEntry(pid, fileName, arguments)
            : null;

    private WorkerEntry? Process(ReadOnlySpan<byte> message, out bool open)
    {
        open = false;
        if (message.SequenceEqual("Starting process:"u8))
        {
            (fileName, arguments) = (null, null);
            return null;
        }

        if (message.StartsWith("  File name: '"u8))
        {
            fileName = LogText.Quoted(message["  File name: '"u8.Length..], line.IsCut, line.Last, out open);
            return null;
        }

        if (message.StartsWith("  Arguments: '"u8))
        {
            arguments = LogText.Quoted(message["  Arguments: '"u8.Length..], line.IsCut, line.Last, out open);
            return null;
        }

        if (message.StartsWith("  Working directory: '"u8))
        {
            LogText.Quoted(message["  Working directory: '"u8.Length..], line.IsCut, line.Last, out open);
            return null;
        }

        return Started(message) ?? (WorkerEntry?)LogText.Finished(message);
    }

    private void Object(JsonMessage whole, IEventSink<WorkerEntry> sink)
    {
        if (jsonIsJob)
        {
            if (whole.IsOverlong || JobMessageReader.Read(whole.Json) is not { } job)
            {
                Malformed++;
                return;
            }

            HasJob = true;
            guids.UnionWith(job.Steps.Select(step => step.Id).OfType<string>());

            sink.Accept(new JobMessageEntry(job));
            return;
        }

        if (whole.IsOverlong || TelemetryReader.Read(whole.Json) is not { } telemetry)
        {
            Malformed++;
            return;
        }

        // The guid of a step of the job message: nobody could write it into a text beforehand.
        if (IsUncertain && !telemetry.Embedded && telemetry.StepId is { } id && guids.Contains(id))
        {
            IsUncertain = false;
        }

        if (IsUncertain)
        {
            Withheld++;
            return;
        }

        sink.Accept(telemetry);
    }

    private void Doubt(IEventSink<WorkerEntry> sink)
    {
        if (!IsUncertain)
        {
            IsUncertain = true;
            sink.Accept(new LogUncertainEntry());
        }
    }
}
