using System.Buffers.Text;
using System.Text;

namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary>The messages that are read, word by word as the worker writes them.</summary>
internal static class LogText
{
    private const int LongestText = 4096;

    /// <summary>Lines of StepsRunner, and of CompositeActionHandler for the inner steps.</summary>
    public static WorkerEntry? Step(ReadOnlySpan<byte> message, bool embedded, bool cut, byte last, out bool open)
    {
        open = false;
        var begun = embedded ? "Processing embedded step: DisplayName='"u8 : "Processing step: DisplayName='"u8;
        if (message.StartsWith(begun))
        {
            var name = Quoted(message[begun.Length..], cut, last, out open);
            return new StepBegunEntry(name, embedded, !open);
        }

        // Evaluating: contains('text of a pull request', 'x'): quotes in a literal are doubled, so a closed line has an
        // even number of them.
        if (message.StartsWith("Evaluating: "u8) || message.StartsWith("Expanded: "u8))
        {
            open = cut || message.Count((byte)'\'') % 2 != 0;
            return null;
        }

        if (message.SequenceEqual("Skipping step due to condition evaluation."u8))
        {
            return new StepSkippedEntry(embedded);
        }

        return message.StartsWith("Step result:"u8)
            ? new StepResultEntry(Text(message["Step result:"u8.Length..].Trim((byte)' ')), embedded)
            : null;
    }

    /// <summary>Lines about the job as a whole.</summary>
    public static WorkerEntry? Job(ReadOnlySpan<byte> source, ReadOnlySpan<byte> message)
    {
        if (source.SequenceEqual("JobRunner"u8))
        {
            if (TryNumber(message, "Total job steps: "u8, "."u8, out var count))
            {
                return new StepsCountedEntry(count);
            }

            var result = "Job result after all job steps finish: "u8;
            return message.StartsWith(result) ? new JobResultEntry(Text(message[result.Length..]))
                : message.SequenceEqual("Finalize job."u8) ? new JobFinalizingEntry() : null;
        }

        if (source.SequenceEqual("Worker"u8))
        {
            return message.SequenceEqual("Job completed."u8) ? new JobCompletedEntry() : null;
        }

        return source.SequenceEqual("ExecutionContext"u8) && message.SequenceEqual("Updated step result (continue on error)"u8)
            ? new FailureIgnoredEntry()
            : null;
    }

    /// <summary><c>Finished process 18344 with exit code 0, and elapsed time 00:00:00.0447783.</c></summary>
    public static ProcessFinishedEntry? Finished(ReadOnlySpan<byte> message)
    {
        var head = "Finished process "u8;
        var middle = " with exit code "u8;
        if (!message.StartsWith(head)
            || !Utf8Parser.TryParse(message[head.Length..], out int pid, out var used) || pid <= 0)
        {
            return null;
        }

        var rest = message[(head.Length + used)..];
        return rest.StartsWith(middle) && Utf8Parser.TryParse(rest[middle.Length..], out int code, out used)
            && rest[(middle.Length + used)..].StartsWith(", and elapsed time "u8)
            ? new ProcessFinishedEntry(pid, code)
            : null;
    }

    public static bool TryNumber(ReadOnlySpan<byte> message, ReadOnlySpan<byte> head, ReadOnlySpan<byte> tail, out int number)
    {
        number = 0;
        return message.StartsWith(head) && message.EndsWith(tail) && message.Length > head.Length + tail.Length
            && char.IsAsciiDigit((char)message[head.Length])
            && Utf8Parser.TryParse(message[head.Length..^tail.Length], out number, out var used)
            && used == message.Length - head.Length - tail.Length;
    }

    /// <summary>Text up to the quote that ends the line; open when there is none.</summary>
    public static string Quoted(ReadOnlySpan<byte> text, bool cut, byte last, out bool open)
    {
        open = cut ? last != '\'' : !text.EndsWith("'"u8);
        return Text(open || cut ? text : text[..^1]);
    }

    public static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, LongestText)]);
}
