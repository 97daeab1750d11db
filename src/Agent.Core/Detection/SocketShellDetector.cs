using System.Globalization;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// <c>socket-shell</c>: a program began whose standard input and output are one connection to another machine, whatever its name.
/// Remembers where the last <see cref="MostConnections"/> connections led to.
/// </summary>
internal sealed class SocketShellDetector : IDetector
{
    private const int MostConnections = 4096;

    private readonly Dictionary<string, string> peers = new(StringComparer.Ordinal);
    private readonly Queue<string> order = new();

    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        switch (value)
        {
            case ConnectionJudged judged:
                Remember(judged);
                break;
            case IntrusionSeen { Call: "socket-shell" } seen:
                sink.Accept(Finding.Of(
                    ProcessFindings.SocketShell,
                    seen,
                    seen.Process,
                    seen.Step,
                    seen.Blocked,
                    ("peer", seen.Connection is { } id ? peers.GetValueOrDefault(id) : null),
                    ("port", seen.Detail.ToString(CultureInfo.InvariantCulture)),
                    ("connection", seen.Connection)));
                break;
        }
    }

    private void Remember(ConnectionJudged judged)
    {
        if (!peers.TryAdd(judged.Connection, judged.Address))
        {
            return;
        }

        order.Enqueue(judged.Connection);
        if (order.Count > MostConnections)
        {
            _ = peers.Remove(order.Dequeue());
        }
    }
}
