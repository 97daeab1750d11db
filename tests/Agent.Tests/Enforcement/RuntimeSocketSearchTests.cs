using System.Net.Sockets;
using System.Text;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Tests.Enforcement;

public sealed class RuntimeSocketSearchTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly Socket runtime = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ProcessView own = ProcessView.TryOpen(Environment.ProcessId)!;
    private readonly RuntimeSocket[] sockets;

    public RuntimeSocketSearchTests()
    {
        var path = Path.Combine(folder.Path, "runtime.sock");
        runtime.Bind(new UnixDomainSocketEndPoint(path));
        sockets = [new RuntimeSocket("/none/at/all", 0, true), new RuntimeSocket(path, Environment.ProcessId, true)];
        File.CreateSymbolicLink(Path.Combine(folder.Path, "link"), path);
        File.CreateSymbolicLink(Path.Combine(folder.Path, "circle"), "circle");
        folder.File("other");
    }

    public void Dispose()
    {
        own.Dispose();
        runtime.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("runtime.sock", true)]
    [InlineData("link", true)]
    [InlineData("circle", true)] // nothing can be said
    [InlineData("other", false)]
    [InlineData("none", false)]
    public void A_path_is_a_runtimes_when_it_leads_to_the_same_file(string name, bool expected) =>
        Assert.Equal(expected, RuntimeSocketSearch.MayLead(own, PathOf(name), sockets));

    [Fact]
    public void Of_a_process_that_is_gone_only_a_path_that_none_but_root_could_lay_tells_anything()
    {
        // The test's folder stands below one that everybody can write to.
        Assert.True(RuntimeSocketSearch.MayLead(null, PathOf("other"), sockets));
        Assert.True(RuntimeSocketSearch.MayLead(null, PathOf("link"), sockets));
        Assert.True(RuntimeSocketSearch.MayLead(null, "relative"u8, sockets));
        Assert.False(RuntimeSocketSearch.MayLead(null, "/proc/sys/kernel/none"u8, sockets));
    }

    private byte[] PathOf(string name) => Encoding.UTF8.GetBytes(Path.Combine(folder.Path, name));
}
