using Sallyport.Agent.Runner;

namespace Sallyport.Agent.Tests.Runner;

public sealed class ContainerIdTests
{
    private const string Id = "6e01ffabc8e9f4015e55358766ca1f1058f1610924ea674fcabb5c623695ba4a";

    [Theory]
    [InlineData($"/docker/{Id}", $"/docker/{Id}")]
    [InlineData($"/docker/{Id}/init.scope/abc", $"/docker/{Id}")]
    [InlineData($"/system.slice/docker-{Id}.scope", $"/system.slice/docker-{Id}.scope")]
    [InlineData($"/abc0/{Id}/{Id}", $"/abc0/{Id}")]
    public void A_container_is_the_outermost_folder_that_an_id_names(string path, string folder)
    {
        var found = ContainerAdoption.IdIn(path);
        Assert.NotNull(found);
        Assert.Equal((Id, folder), (found.Value.Id, path[..found.Value.End]));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/system.slice/docker.service")]
    [InlineData($"/docker/{Id}0")]
    [InlineData("/docker/6e01ffabc8e9f4015e55358766ca1f1058f1610924ea674fcabb5c623695ba4")]
    public void Anything_else_is_none(string path) => Assert.Null(ContainerAdoption.IdIn(path));
}
