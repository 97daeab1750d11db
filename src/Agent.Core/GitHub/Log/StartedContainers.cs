using System.Buffers;
using Sallyport.Agent.Core.Correlation;

namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary>
/// Containers that the worker itself has started for its job, `container:` and `services:`, by the lines
/// <c>docker start 6e01ff…</c> of its log. Bounded by <see cref="Most"/>.
/// </summary>
public sealed class StartedContainers : IEventSink<WorkerEntry>
{
    /// <summary>Of one job.</summary>
    public const int Most = 256;

    private const string Verb = "start ";
    private const int Digits = 64;
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    private readonly Dictionary<string, int> clients = new(StringComparer.Ordinal);

    /// <summary>Id of 64 hexadecimal digits to the process that asked for its start.</summary>
    public IReadOnlyDictionary<string, int> Clients => clients;

    /// <summary>Containers that found no place.</summary>
    public long Overflow { get; private set; }

    /// <summary>Lines were not believed: there may be more.</summary>
    public bool IsUncertain { get; private set; }

    /// <inheritdoc/>
    public void Accept(WorkerEntry value)
    {
        if (value is LogUncertainEntry)
        {
            IsUncertain = true;
        }
        else if (value is ProcessStartedEntry { FileName: { } program, Arguments: { } arguments } started
            && program.EndsWith("/docker", StringComparison.Ordinal)
            && arguments.Length == Verb.Length + Digits && arguments.StartsWith(Verb, StringComparison.Ordinal)
            && !arguments.AsSpan(Verb.Length).ContainsAnyExcept(Hexadecimal))
        {
            Add(arguments[Verb.Length..], started.Pid);
        }
    }

    private void Add(string id, int pid)
    {
        if (clients.Count < Most || clients.ContainsKey(id))
        {
            clients[id] = pid;
        }
        else
        {
            Overflow++;
        }
    }
}
