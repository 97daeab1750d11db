using System.Collections.Concurrent;

namespace Sallyport.Agent.Enforcement;

/// <summary>Sockets of runtimes that say nothing, however often they are asked: left alone for a while, so that they hold up no other.</summary>
/// <param name="time">By which they are asked again.</param>
internal sealed class SilentSockets(TimeProvider time)
{
    /// <summary>Questions without an answer in a row, of all threads: ten seconds where each of them waits for one.</summary>
    private const int MostSilences = 16;

    /// <summary>After the last of them.</summary>
    internal static readonly TimeSpan AskedAgainAfter = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<RuntimeSocket, Silence> silences = new(); // bounded by the runtimes' sockets, an entry goes with an answer

    internal bool IsLeftAlone(RuntimeSocket socket) =>
        silences.TryGetValue(socket, out var silence) && silence.Times >= MostSilences && time.GetElapsedTime(silence.Last) < AskedAgainAfter;

    internal void Heard(RuntimeSocket socket, bool answer)
    {
        if (answer)
        {
            _ = silences.TryRemove(socket, out _);
            return;
        }

        _ = silences.AddOrUpdate(
            socket, static (_, now) => new Silence(1, now), static (_, before, now) => new Silence(before.Times + 1, now), time.GetTimestamp());
    }

    /// <param name="Times">Questions in a row without an answer.</param>
    /// <param name="Last">When the last of them was given up, by the clock's timestamp.</param>
    private readonly record struct Silence(int Times, long Last);
}
