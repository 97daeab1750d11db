using System.Text;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.GitHub.Log;

namespace Sallyport.Agent.Core.Tests.GitHub;

/// <summary>A reader and the list of what it read.</summary>
internal sealed class EntryList : IEventSink<WorkerEntry>
{
    public WorkerLogReader Reader { get; } = new();

    public List<WorkerEntry> All { get; } = [];

    public void Accept(WorkerEntry value) => All.Add(value);

    public EntryList Read(ReadOnlySpan<byte> bytes)
    {
        Reader.Accept(bytes, this);
        return this;
    }

    /// <summary>Reads lines, each with a head of its source: <c>StepsRunner|Starting the step.</c>; others as they are.</summary>
    public EntryList Lines(params string[] lines)
    {
        foreach (var line in lines)
        {
            Read(Encoding.UTF8.GetBytes(Head(line) + "\n"));
        }

        return this;
    }

    public IReadOnlyList<TEntry> Of<TEntry>() => [.. All.OfType<TEntry>()];

    public static string Head(string line) => line.Split('|', 2) is [{ Length: > 0 } source, var message] && source.All(char.IsAsciiLetter)
        ? $"[2026-11-23 06:57:13Z INFO {source}] {message}"
        : line;
}
