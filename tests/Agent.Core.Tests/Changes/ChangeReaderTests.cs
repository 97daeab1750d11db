using System.Text;
using Sallyport.Agent.Core.Tests.Correlation;
using Sallyport.Protocol.Recording;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Tests.Changes;

public sealed class ChangeReaderTests
{
    // ip route add 198.51.100.192/26 via 198.51.100.1 table 254
    private static readonly byte[] Route = Message(
        24,
        77,
        [2, 26, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0, .. Attribute(1, 198, 51, 100, 192), .. Attribute(5, 198, 51, 100, 1)]);

    [Fact]
    public void A_route_is_told_with_its_destination_and_its_next_hop()
    {
        var change = Assert.Single(Read(ChangeSource.Route, Route));
        Assert.Equal("route-added", change.Change);
        Assert.Equal("198.51.100.192/26", change.Facts["destination"]);
        Assert.Equal("198.51.100.1", change.Facts["via"]);
    }

    [Theory]
    [InlineData(2, 0, false)]
    [InlineData(2, 77, true)]
    [InlineData(3, 0, true)]
    public void A_route_of_the_kernels_own_is_none_unless_somebody_asked_for_it(byte protocol, byte port, bool isTold)
    {
        var message = Route.ToArray();
        message[16 + 5] = protocol;
        message[12] = port;
        Assert.Equal(isTold ? 1 : 0, Read(ChangeSource.Route, message).Count);
    }

    [Theory]
    [InlineData("nat", "nat-rule-added")]
    [InlineData("masq", "nat-rule-added")]
    [InlineData("counter", "firewall-changed")]
    public void A_rule_is_told_by_what_it_does(string expression, string change)
    {
        byte[] name = [.. Encoding.ASCII.GetBytes(expression), 0];
        byte[] rule =
        [
            2, 0, 0, 0, .. Attribute(1, [.. "lab\0"u8]), .. Attribute(2, [.. "out\0"u8]),
            .. Attribute(4, Attribute(1, Attribute(1, name))),
        ];
        var found = Assert.Single(Read(ChangeSource.Netfilter, Message((10 << 8) | 6, 77, rule)));
        Assert.Equal(change, found.Change);
        Assert.Equal("ip lab", found.Facts["table"]);
    }

    [Fact]
    public void A_record_that_was_cut_off_says_that_there_was_more() => Assert.Contains(
        Read(ChangeSource.Netfilter, [], total: 9000), change => change.Facts.ContainsValue("more than was captured"));

    [Theory]
    [InlineData(7, 5, "firewall-flushed")]
    [InlineData(5, 6, "nat-rule-added")]
    public void A_replaced_table_is_told_by_how_many_entries_it_has(byte before, byte now, string change)
    {
        var table = new byte[96];
        "nat"u8.CopyTo(table);
        (table[36], table[84]) = (now, before);
        Assert.Equal(change, Assert.Single(Read(ChangeSource.Table4, table)).Change);
    }

    [Fact]
    public void Of_a_process_that_has_ended_the_pid_is_enough()
    {
        var change = new EventList()
            .Main(RecordBytes.Forked(7, pid: 4711), RecordBytes.Exited(7))
            .Alert(RecordBytes.Changed(0, ChangeSource.File, [.. "/etc/hosts\0new line"u8], pid: 4711))
            .Flush()
            .Last<MachineChanged>();
        Assert.Equal("p7", change.Process);
        Assert.Equal("new line", change.Facts["new"]);
    }

    [Fact]
    public void No_bytes_make_it_throw()
    {
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++)
        {
            var message = (i % 2 == 0 ? Route : Message((10 << 8) | 6, 1, Route[16..])).ToArray()[..random.Next(16, Route.Length + 1)];
            for (var j = random.Next(1, 6); j > 0; j--)
            {
                message[random.Next(message.Length)] = (byte)random.Next(256);
            }

            BitConverter.TryWriteBytes(message, message.Length);
            BitConverter.TryWriteBytes(message.AsSpan(4), (ushort)random.Next(16, 112));
            _ = Read((ChangeSource)random.Next(1, 8), message);
        }
    }

    private static IReadOnlyList<MachineChanged> Read(ChangeSource source, byte[] data, uint? total = null) =>
        new EventList().Alert(RecordBytes.Changed(1, source, data, total: total)).Flush().Of<MachineChanged>();

    private static byte[] Message(ushort type, uint port, byte[] body) =>
    [
        .. BitConverter.GetBytes(16 + body.Length), .. BitConverter.GetBytes(type), 0, 0, 1, 0, 0, 0,
        .. BitConverter.GetBytes(port), .. body,
    ];

    private static byte[] Attribute(ushort type, params byte[] value) =>
    [
        .. BitConverter.GetBytes((ushort)(4 + value.Length)), .. BitConverter.GetBytes(type), .. value,
        .. new byte[-value.Length & 3],
    ];
}
