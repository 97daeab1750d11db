using System.Net;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Tests.Host;

public sealed class ResolversTests
{
    [Fact]
    public void Servers_and_the_last_search_list_are_read()
    {
        var resolvers = Resolvers.Parse("""
            # comment
            nameserver 198.51.100.53
            search old.example
            nameserver 2001:db8::53
            search One.Example. two.example
            options ndots:5
            """);
        Assert.Equal([IPAddress.Parse("198.51.100.53"), IPAddress.Parse("2001:db8::53")], resolvers.Servers);
        Assert.Equal(["one.example", "two.example"], resolvers.SearchDomains);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nameserver\nnameserver not-an-address\nsearch\n\0\0")]
    public void What_cannot_be_read_says_nothing(string text)
    {
        var resolvers = Resolvers.Parse(text);
        Assert.Empty(resolvers.Servers);
        Assert.Empty(resolvers.SearchDomains);
    }
}
