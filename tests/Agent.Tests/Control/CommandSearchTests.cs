using System.Text;
using Sallyport.Agent.Control;

namespace Sallyport.Agent.Tests.Control;

public sealed class CommandSearchTests
{
    [Theory]
    [InlineData("make", "/a:/b", "/a/make|/b/make")]
    [InlineData("make", "/a::/b", "/a/make|make|/b/make")]
    [InlineData("make", "", "make")]
    [InlineData("./make", "/a:/b", "./make")]
    [InlineData("/x/make", "/a", "/x/make")]
    [InlineData("", "/a", "")]
    public void A_command_is_looked_for_as_execvp_does(string command, string path, string expected)
    {
        var found = CommandSearch.Candidates(Encoding.UTF8.GetBytes(command), [Encoding.UTF8.GetBytes("PATH=" + path)]);
        Assert.Equal(expected, string.Join('|', found.Select(Encoding.UTF8.GetString)));
    }

    [Fact]
    public void Without_a_path_the_system_folders_are_searched() =>
        Assert.Equal(["/bin/x", "/usr/bin/x"], CommandSearch.Candidates("x"u8.ToArray(), []).Select(Encoding.UTF8.GetString));
}
