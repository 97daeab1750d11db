using System.Text;
using Sallyport.Agent.Enforcement;

namespace Sallyport.Agent.Tests.Enforcement;

/// <summary>Lists as podman 4.3 writes them.</summary>
public sealed class PodmanStoreTests
{
    private static readonly string Id = new('a', 64);

    private static readonly string Other =
        $$$"""{"id":"{{{new string('b', 64)}}}","names":["web"],"metadata":"{\"image-name\":\"nginx\",\"name\":\"web\"}","flags":{"ProcessLabel":""}}""";

    [Fact]
    public void A_container_has_the_name_and_the_image_of_its_metadata()
    {
        var list = $$$"""[{{{Other}}},{"id":"{{{Id}}}","metadata":"{\"image-name\":\"localhost/tool:1\",\"image-id\":\"c0\",\"name\":\"db\",\"created-at\":1}"}]""";
        Assert.Equal(new ContainerReply(ContainerReply.Ok, "db", "localhost/tool:1"), PodmanStore.TryRead(Encoding.UTF8.GetBytes(list), Id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[")]
    [InlineData("{}")]
    [InlineData("[[],1]")]
    [InlineData("[{\"id\":1,\"metadata\":{\"name\":\"x\"}}]")]
    [InlineData("[{\"id\":\"ID\"}]")]
    [InlineData("[{\"id\":\"ID\",\"metadata\":\"not JSON\"}]")]
    [InlineData("[{\"id\":\"ID\",\"metadata\":\"\\ud800\"}]")]
    public void What_is_no_list_or_does_not_have_it_says_nothing(string list) =>
        Assert.Null(PodmanStore.TryRead(Encoding.UTF8.GetBytes(list.Replace("ID", Id, StringComparison.Ordinal)), Id));

    [Fact]
    public void A_name_that_is_not_to_be_shown_is_not_passed_on() => Assert.Equal(
        new ContainerReply(ContainerReply.Ok, null, "ok"),
        PodmanStore.TryRead(Encoding.UTF8.GetBytes($$$"""[{"id":"{{{Id}}}","metadata":"{\"name\":\"a\\u001b[31m\",\"image-name\":\"ok\"}"}]"""), Id));
}
