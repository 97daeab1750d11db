using System.Text;
using Sallyport.Agent.Core.Dns;
using static Sallyport.Agent.Core.Tests.Dns.DnsBytes;

namespace Sallyport.Agent.Core.Tests.Dns;

public sealed class DnsQueryTests
{
    private const int MostBytes = 4095;

    [Fact]
    public void A_question_is_read_in_lower_case()
    {
        var query = DnsQuery.Read(Query("ALLOWED.Test", 28), MostBytes);

        Assert.Equal(DnsQueryDefect.None, query.Defect);
        Assert.Equal(0x1234, query.Id);
        Assert.Equal("allowed.test", Encoding.Latin1.GetString(query.Question!.Name.ToText()));
        Assert.Equal(28, query.Question.Type);
    }

    [Fact]
    public void What_stands_behind_the_question_is_left_alone()
    {
        var options = (byte[])[.. Query("allowed.test"), 0, 0, 41, 4, 0xd0, 0, 0, 0, 0, 0, 0];
        Assert.Equal(DnsQueryDefect.None, DnsQuery.Read(options, MostBytes).Defect);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Other_than_one_question_is_a_defect_of_its_own(int count)
    {
        var query = DnsQuery.Read(
            [.. Header(0x0100, count), .. Question("allowed.test"), .. Question("other.test")], MostBytes);
        Assert.Equal(DnsQueryDefect.QuestionCount, query.Defect);
    }

    [Theory]
    [InlineData("a\\.test")]
    [InlineData("a b.test")]
    [InlineData("a\0.test")]
    [InlineData("ü.test")]
    public void A_name_with_other_bytes_is_malformed(string name) =>
        Assert.Equal(DnsQueryDefect.Malformed, DnsQuery.Read(Query(name), MostBytes).Defect);

    [Fact]
    public void A_dot_inside_a_label_imitates_no_other_name()
    {
        var query = DnsQuery.Read([.. Header(0x0100), 12, .. "allowed.test"u8, 0, 0, 1, 0, 1], MostBytes);
        Assert.Equal(DnsQueryDefect.Malformed, query.Defect);
    }

    [Theory]
    [InlineData(0x8180)]
    [InlineData(0x2800)]
    public void An_answer_or_another_opcode_is_malformed(int flags) =>
        Assert.Equal(
            DnsQueryDefect.Malformed, DnsQuery.Read([.. Header(flags), .. Question("allowed.test")], MostBytes).Defect);

    [Fact]
    public void A_compressed_name_in_a_question_is_malformed()
    {
        var query = DnsQuery.Read([.. Header(0x0100), 1, (byte)'a', 0xc0, 12, 0, 1, 0, 1], MostBytes);
        Assert.Equal(DnsQueryDefect.Malformed, query.Defect);
    }

    [Fact]
    public void A_message_longer_than_the_bound_is_malformed()
    {
        var query = (byte[])[.. Query("allowed.test"), .. new byte[MostBytes]];
        Assert.Equal(DnsQueryDefect.Malformed, DnsQuery.Read(query, MostBytes).Defect);
        Assert.Equal(DnsQueryDefect.None, DnsQuery.Read(query.AsSpan(0, MostBytes), MostBytes).Defect);
    }

    [Fact]
    public void A_name_of_255_bytes_is_read_and_one_of_256_is_not()
    {
        var labels = string.Join('.', Enumerable.Repeat(new string('a', 63), 3));
        Assert.Equal(DnsQueryDefect.None, DnsQuery.Read(Query($"{labels}.{new string('b', 61)}"), MostBytes).Defect);
        Assert.Equal(
            DnsQueryDefect.Malformed, DnsQuery.Read(Query($"{labels}.{new string('b', 62)}"), MostBytes).Defect);
    }

    [Fact]
    public void Every_beginning_of_a_message_is_a_defect()
    {
        var whole = Query("allowed.test");
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.NotEqual(DnsQueryDefect.None, DnsQuery.Read(whole.AsSpan(0, length), MostBytes).Defect);
        }
    }

    [Fact]
    public void The_root_is_an_empty_text() =>
        Assert.Empty(DnsQuery.Read([.. Header(0x0100), 0, 0, 2, 0, 1], MostBytes).Question!.Name.ToText());

    [Fact]
    public void A_reply_keeps_id_and_question_and_has_no_records()
    {
        byte[] query = [.. Query("allowed.test"), 0, 0, 41, 4, 0xd0, 0, 0, 0, 0, 0, 0];
        query[11] = 1;

        var reply = DnsReply.To(query, DnsReply.NoSuchName);

        Assert.Equal((byte[])[.. Header(0x8183), .. Question("allowed.test")], reply);
    }

    [Fact]
    public void A_reply_to_what_has_no_readable_question_is_a_header() =>
        Assert.Equal(Header(0x8181, questions: 0), DnsReply.To([.. Header(0x0100), 0xff], DnsReply.FormatError));

    [Fact]
    public void Nothing_is_said_to_what_has_no_header() => Assert.Empty(DnsReply.To([1, 2, 3], DnsReply.FormatError));
}
