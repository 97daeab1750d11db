using System.Net;
using Sallyport.Agent.Core.Dns;
using Sallyport.Wire;
using static Sallyport.Agent.Core.Tests.Dns.DnsBytes;

namespace Sallyport.Agent.Core.Tests.Dns;

public sealed class DnsAddressesTests
{
    private static readonly byte[] First = [198, 51, 100, 10];
    private static readonly byte[] Second = [198, 51, 100, 11];

    [Fact]
    public void Addresses_of_the_question_are_found_with_the_smallest_ttl()
    {
        var found = Read(Answer(
            "allowed.test", Record(ToQuestion, A, First, 60), Record(Name("Allowed.TEST"), A, Second, 5)));

        Assert.Equal(["198.51.100.10", "198.51.100.11"], Texts(found));
        Assert.Equal(5u, found.TtlSeconds);
    }

    [Fact]
    public void A_chain_of_aliases_is_followed()
    {
        var found = Read(Answer(
            "allowed.test",
            Record(ToQuestion, Alias, Name("step.test")),
            Record(Name("step.test"), Alias, Name("end.test")),
            Record(Name("end.test"), A, First)));

        Assert.Equal(["198.51.100.10"], Texts(found));
    }

    [Fact]
    public void Records_of_other_names_are_not_the_questions()
    {
        var found = Read(Answer(
            "allowed.test",
            Record(Name("other.test"), A, Second),
            Record(ToQuestion, Alias, Name("end.test")),
            Record(ToQuestion, A, Second),
            Record(Name("other.test"), Alias, Name("evil.test")),
            Record(Name("evil.test"), A, Second),
            Record(Name("end.test"), A, First)));

        Assert.Equal(["198.51.100.10"], Texts(found));
    }

    [Fact]
    public void IPv6_mapped_and_nat64_addresses_are_told_apart()
    {
        var found = Read(Answer(
            "allowed.test",
            Record(ToQuestion, Ip6, IPAddress.Parse("2001:db8::10").GetAddressBytes()),
            Record(ToQuestion, Ip6, IPAddress.Parse("64:ff9b::198.51.100.10").GetAddressBytes()),
            Record(ToQuestion, Ip6, IPAddress.Parse("::ffff:198.51.100.11").GetAddressBytes())));

        Assert.Equal(["2001:db8::10", "198.51.100.10", "198.51.100.11"], Texts(found));
    }

    [Fact]
    public void A_record_of_another_class_or_length_is_passed_over()
    {
        var otherClass = Record(ToQuestion, A, First);
        otherClass[5] = 3;
        var found = Read(Answer(
            "allowed.test", otherClass, Record(ToQuestion, A, [1, 2, 3]), Record(ToQuestion, A, Second)));
        Assert.Equal(["198.51.100.11"], Texts(found));
    }

    [Fact]
    public void An_answer_to_another_question_leads_nowhere() =>
        Assert.Empty(Read(Answer("other.test", Record(ToQuestion, A, First))).Found);

    [Theory]
    [InlineData(0x8183)] // NXDOMAIN
    [InlineData(0x0180)] // a query
    [InlineData(0xa980)] // another opcode
    public void An_error_or_no_answer_leads_nowhere(int flags)
    {
        var answer = Answer("allowed.test", Record(ToQuestion, A, First));
        (answer[2], answer[3]) = ((byte)(flags >> 8), (byte)flags);
        Assert.Empty(Read(answer).Found);
    }

    [Fact]
    public void Loops_of_pointers_and_pointers_ahead_end()
    {
        var message = Answer("allowed.test", Record([0xc0, 30], A, First));
        Assert.Empty(Read(message).Found);
        Assert.Empty(Read(Answer("allowed.test", Record([0xff, 0xff], A, First))).Found);
    }

    [Fact]
    public void What_was_read_before_the_cut_counts()
    {
        var whole = Answer("allowed.test", Record(ToQuestion, A, First), Record(ToQuestion, A, Second));
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.True(Read(whole.AsSpan(0, length).ToArray()).Found.Length <= 1);
        }

        Assert.Equal(2, Read(whole).Found.Length);
    }

    [Fact]
    public void Random_changes_are_read_without_an_exception()
    {
        var random = new Random(7);
        var whole = Answer(
            "allowed.test",
            Record(ToQuestion, Alias, [3, (byte)'e', (byte)'n', (byte)'d', 0xc0, 20]),
            Record([0xc0, 43], A, First));
        for (var round = 0; round < 50_000; round++)
        {
            var bytes = whole.AsSpan(0, random.Next(whole.Length + 1)).ToArray();
            for (var change = random.Next(6); change > 0 && bytes.Length > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            Assert.True(Read(bytes).Found.Length <= 2);
            _ = DnsQuery.Read(bytes, 4095);
            _ = DnsReply.To(bytes, DnsReply.NoSuchName);
        }
    }

    private static DnsAddresses Read(byte[] message)
    {
        Assert.True(DnsQuestion.TryRead(Query("allowed.test"), out var question, out _));
        return DnsAddresses.Read(message, question);
    }

    private static IEnumerable<string> Texts(DnsAddresses addresses) => addresses.Found.Select(address =>
    {
        var ip = new IPAddress((ReadOnlySpan<byte>)address);
        return (ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip).ToString();
    });
}
