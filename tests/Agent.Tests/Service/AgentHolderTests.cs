using System.Text;
using Sallyport.Agent.Host;
using Sallyport.Agent.Service;

namespace Sallyport.Agent.Tests.Service;

public sealed class AgentHolderTests
{
    [Theory]
    [InlineData(true, "4711 123456 on-demand\n")]
    [InlineData(false, "4711 123456 service\n")]
    public void It_is_written_and_read(bool isOnDemand, string text)
    {
        var holder = new AgentHolder(new ProcessIdentity(4711, 123456), isOnDemand);
        Assert.Equal(text, Encoding.ASCII.GetString(holder.Format()));
        Assert.Equal(holder, AgentHolder.Parse(holder.Format()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("4711 123456")]
    [InlineData("-1 123456 service")]
    [InlineData("4711 123456 other")]
    [InlineData("4711 123456 service more")]
    public void Anything_else_names_nobody(string text) => Assert.Null(AgentHolder.Parse(Encoding.ASCII.GetBytes(text)));
}
