using System.Text;
using Sallyport.Agent.Enforcement;

namespace Sallyport.Agent.Tests.Enforcement;

public sealed class ContainerReplyTests
{
    private const string Head = "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n";
    private const string Body =
        """{"Id":"x","State":{"Name":"no","Pid":1},"Name":"/db","Mounts":[{"Name":"no"}],"Config":{"Env":["Image=no"],"Image":"postgres:17","Labels":{"Image":"no"}},"Image":"sha256:no"}""";

    [Fact]
    public void Name_and_image_are_read_from_where_they_belong() =>
        Assert.Equal(new ContainerReply(200, "db", "postgres:17"), Read(Head + Body));

    [Fact]
    public void A_container_that_the_runtime_does_not_know_is_a_status() =>
        Assert.Equal(new ContainerReply(404, null, null), Read("HTTP/1.1 404 Not Found\r\n\r\n{\"message\":\"no\"}"));

    [Theory]
    [InlineData("""{"Name":7,"Config":[1]}""")]
    [InlineData("""{"Name":"/a b","Config":{"Image":"\u001b[2Jimage"}}""")]
    [InlineData("""{"Name":"/","Config":{"Image":""}}""")]
    [InlineData("""{"Name":["/x"],"Config":{"Image":{"Name":"/x"}}}""")]
    [InlineData("{}")]
    public void What_is_no_name_and_no_reference_is_left_out(string body) =>
        Assert.Equal(new ContainerReply(200, null, null), Read(Head + body));

    [Fact]
    public void Aliases_are_those_of_its_networks() => Assert.Equal(
        ["web", "db"],
        Read(Head + """
            {"Aliases":["no"],"NetworkSettings":{"Aliases":["no"],"Ports":{"80/tcp":[{"Aliases":["no"]}]},"Networks":{
              "a":{"Aliases":["web","a b",7,["no"]],"Links":["no"]},"b":{"Aliases":null},"c":{"Aliases":["db"],"X":{"Aliases":["no"]}}},
              "Networks2":{"d":{"Aliases":["no"]}}},"Name":"/after"}
            """)!.Aliases);

    [Theory]
    [InlineData("""{"NetworkSettings":7,"Name":"/after"}""")]
    [InlineData("""{"NetworkSettings":[{"Networks":{"a":{"Aliases":["no"]}}}],"Name":"/after"}""")]
    [InlineData("""{"NetworkSettings":null,"Name":"/after"}""")]
    [InlineData("""{"NetworkSettings":{"Networks":["a",{"Aliases":["no"]}]},"Name":"/after"}""")]
    [InlineData("""{"NetworkSettings":{"Networks":{"a":{"Aliases":{"no":["no"]}}}},"Name":"/after"}""")]
    public void What_is_no_list_of_networks_has_no_aliases(string body)
    {
        ContainerReply? reply = Read(Head + body);
        Assert.Equal("after", reply?.Name);
        Assert.Empty(reply!.Aliases);
    }

    [Fact]
    public void A_text_that_no_runtime_would_take_is_left_out() =>
        Assert.Null(Read(Head + $$"""{"Name":"/{{new string('a', 5000)}}"}""")!.Name);

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.0 200 OK\r\n")]
    [InlineData("HTTP/1.\r\n\r\n")]
    [InlineData("HTTP/1.0 abc\r\n\r\n{}")]
    [InlineData("\0\0\u0012\u0004\0\0\0\0\0\r\n\r\n")]
    [InlineData(Head)]
    [InlineData(Head + "[]")]
    [InlineData(Head + "{\"Name\":\"\\ud800\"}")]
    public void Everything_else_is_no_reply(string reply) => Assert.Null(Read(reply));

    [Fact]
    public void A_reply_that_was_cut_off_anywhere_does_not_throw()
    {
        var reply = Encoding.UTF8.GetBytes(Head + Body);
        for (var length = Head.Length; length < reply.Length; length++)
        {
            Assert.Null(ContainerReply.TryRead(reply.AsSpan(0, length)));
        }
    }

    private static ContainerReply? Read(string reply) => ContainerReply.TryRead(Encoding.UTF8.GetBytes(reply));
}
