using System.Globalization;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary><c>mining-protocol</c>: the kernel side reads the first bytes of a flow. Remembers where the last connections led to.</summary>
internal sealed class MiningDetector : IDetector
{
    private const int MostConnections = 4096;

    private readonly RecentPaths<string> peers = new(MostConnections);

    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        switch (value)
        {
            case ConnectionJudged { Protocol: "tcp" } judged:
                _ = peers.Remember(judged.Connection, judged.Name is null ? judged.Address : $"{judged.Name} ({judged.Address})");
                break;
            case IntrusionSeen { Call: "mining-spoken" } seen:
                sink.Accept(Finding.Of(
                    SupplyFindings.MiningProtocol, seen, seen.Process, seen.Step, seen.Blocked,
                    ("peer", seen.Connection is { } id ? peers.Find(id) : null),
                    ("port", seen.Detail.ToString(CultureInfo.InvariantCulture)),
                    ("connection", seen.Connection),
                    ("container", seen.Container)));
                break;
        }
    }
}
