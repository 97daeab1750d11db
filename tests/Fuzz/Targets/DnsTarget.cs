using System.Text;
using Sallyport.Agent.Core.Dns;
using Sallyport.Agent.Core.Tests.Dns;

namespace Sallyport.Fuzz.Targets;

/// <summary>
/// Messages of DNS from the job and from the network, as questions, as answers, to be answered, and as a stream over TCP that is cut
/// anywhere.
/// </summary>
internal sealed class DnsTarget : IFuzzTarget
{
    private const int MostBytes = 4095;

    /// <summary>What every answer is read against: most inputs keep the question of the seeds.</summary>
    private static readonly DnsQuestion Asked = DnsQuery.Read(DnsBytes.Query("a.example.com"), MostBytes).Question!;

    public string Name => "dns";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        DnsBytes.Query("a.example.com"),
        [.. DnsBytes.Query("a.example.com"), 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0],
        DnsBytes.Answer(
            "a.example.com",
            DnsBytes.Record(DnsBytes.ToQuestion, DnsBytes.Alias, DnsBytes.Name("b.example.net")),
            DnsBytes.Record(DnsBytes.Name("b.example.net"), DnsBytes.A, [198, 51, 100, 7]),
            DnsBytes.Record(DnsBytes.Name("b.example.net"), DnsBytes.Ip6, [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7])),
        [0, 31, .. DnsBytes.Query("a.example.com"), 0, 31, .. DnsBytes.Query("b.example.com")],
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        [0xc0, 0x0c], [0xc0, 0xff], [0xff, 0xff], [0x00], [0x3f], [0x40], [0, 1, 0, 1], [0, 28, 0, 1], [0, 5, 0, 1], [0, 41], [0x81, 0x80],
        Encoding.ASCII.GetBytes("\u0001a\u0007example\u0003com"),
    ];

    public void Read(ReadOnlySpan<byte> input)
    {
        var query = DnsQuery.Read(input, MostBytes);
        if (query.Question is { } question)
        {
            ArgumentNullException.ThrowIfNull(question.Name.ToString());
            _ = DnsAddresses.Read(input, question);
        }

        _ = DnsAddresses.Read(input, Asked);
        var reply = DnsReply.To(input, DnsReply.NoSuchName);
        if (reply.Length > 0 && DnsQuery.Read(reply, MostBytes).Id != query.Id)
        {
            throw new InvalidOperationException("the answer has another id than its question");
        }

        // Whatever the cuts are, the same messages come out.
        ArgumentOutOfRangeException.ThrowIfNotEqual(Framed(input, 1), Framed(input, int.MaxValue));
    }

    /// <summary>A number that stands for all messages of a stream, whose bytes come so many at once.</summary>
    private static int Framed(ReadOnlySpan<byte> stream, int most)
    {
        var frames = new DnsFrames();
        var all = new HashCode();
        while (!stream.IsEmpty)
        {
            var free = frames.Free();
            var count = Math.Min(Math.Min(most, stream.Length), free.Length);
            stream[..count].CopyTo(free);
            stream = stream[count..];
            frames.Added(count);
            while (frames.TryTake(out var message))
            {
                all.Add(message.Length);
                all.AddBytes(message);
            }
        }

        return all.ToHashCode();
    }
}
