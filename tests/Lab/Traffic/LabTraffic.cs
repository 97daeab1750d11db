using System.Net;
using System.Text;

namespace Sallyport.Lab.Traffic;

/// <summary>What the world received during one run: packets by the capture, and what its servers understood.</summary>
/// <param name="Packets">All packets from the client, in order of arrival.</param>
/// <param name="Conversations">TCP conversations as the servers saw them, TLS removed.</param>
/// <param name="Questions">DNS questions as the resolvers read them.</param>
public sealed record LabTraffic(
    IReadOnlyList<CapturedPacket> Packets,
    IReadOnlyList<Conversation> Conversations,
    IReadOnlyList<AskedQuestion> Questions)
{
    /// <summary>True when the text is in a packet, in a TCP stream put together, or in what a server decrypted.
    /// </summary>
    public bool Contains(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Packets.Any(p => p.Payload.Span.IndexOf(bytes) >= 0)
            || Streams().Any(s => s.AsSpan().IndexOf(bytes) >= 0)
            || Conversations.Any(c => c.IndexOf(bytes) >= 0 || c.ServerName == text)
            || Questions.Any(q => q.Name.Contains(text, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Packets to one address (all of them), or to one port of it; farewells of earlier runs left out.</summary>
    public int PacketsTo(string address, int? port = null)
    {
        var to = IPAddress.Parse(address);
        return Packets.Count(p => !p.IsFarewell && p.Destination.Equals(to) && (port is null || p.DestinationPort == port));
    }

    public int ConnectionsTo(string address)
    {
        var to = IPAddress.Parse(address);
        return Packets.Where(p => p.OpensConnection && p.Destination.Equals(to)).DistinctBy(p => p.SourcePort).Count();
    }

    public override string ToString() => string.Join(
        '\n',
        [.. Packets.Take(60).Select(p => p.ToString()),
        .. Conversations.Select(c => c.ToString()),
        .. Questions.Take(60).Select(q => q.ToString())]);

    /// <summary>Payload of each TCP flow in order of its sequence numbers, repeats left out.</summary>
    private IEnumerable<byte[]> Streams() => Packets
        .Where(p => p.Protocol == 6 && !p.Payload.IsEmpty)
        .GroupBy(p => (p.Source, p.SourcePort, p.Destination, p.DestinationPort))
        .Select(flow =>
        {
            var first = flow.First().TcpSequence;
            var stream = new List<byte>();
            foreach (var packet in flow.OrderBy(p => unchecked((int)(p.TcpSequence - first))))
            {
                var known = stream.Count - unchecked((int)(packet.TcpSequence - first));
                if (known >= 0 && known < packet.Payload.Length)
                {
                    stream.AddRange(packet.Payload.Span[known..]);
                }
            }

            return stream.ToArray();
        });
}
