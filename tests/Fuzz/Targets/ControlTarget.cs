using System.Text;
using Sallyport.Protocol.Control;

namespace Sallyport.Fuzz.Targets;

/// <summary>Messages of the control socket, both ways; what is read can be written and read again.</summary>
internal sealed class ControlTarget : IFuzzTarget
{
    public string Name => "control";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        """{"v":1,"type":"job.start","inputs":{"egress-policy":"block","allowed-endpoints":"github.com:443"},"policy":null}"""u8.ToArray(),
        """{"v":1,"type":"job.status"}"""u8.ToArray(),
        """{"v":1,"type":"job.report"}"""u8.ToArray(),
        """{"v":1,"type":"started","job":"1","mode":"block","inForce":"enforcing","degraded":[],"policy":{"from":"none","reason":"r","implicit":[],"rules":1},"agent":{"version":"1","origin":"image"},"coverage":{"fromStart":true,"uncoveredSeconds":0,"stepsBefore":[]},"notices":[]}"""u8.ToArray(),
        """{"v":1,"type":"status","jobs":[{"job":"1","mode":"audit","inForce":"observing","degraded":null,"worker":1,"repository":null,"runId":null,"started":"2026-01-01T00:00:00.0000000Z"}],"yours":null,"omitted":0}"""u8.ToArray(),
        """{"v":1,"type":"error","code":"failed","message":"m","mistakes":[{"input":"policy","line":0,"column":0,"value":"","accepted":"a","message":"m"}]}"""u8.ToArray(),
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        .. new[]
        {
            "\"v\":1", "\"type\":\"report\"", "\"inputs\":{}", "\"policy\":\"\"", "null", "[]", "{}", "1e999", "[[[[[[[[[", "\\ud800", "-1",
            "\"jobs\":[{}]", "\"notices\":[null]", "\"annotations\":[{}]", "\u0000", "\u202e",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public void Read(ReadOnlySpan<byte> input)
    {
        if (ControlRequest.TryRead(input, out var request, out _) && request.TryWrite(out var bytes))
        {
            Require(ControlRequest.TryRead(bytes, out _, out _));
        }

        if (ControlReply.TryRead(input, out var reply, out _))
        {
            Require(ControlReply.TryRead(reply.Write(), out _, out _));
        }
    }

    private static void Require(bool isRead)
    {
        if (!isRead)
        {
            throw new InvalidOperationException("what was written cannot be read");
        }
    }
}
