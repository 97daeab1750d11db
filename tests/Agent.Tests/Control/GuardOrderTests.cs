using System.Text;
using Sallyport.Agent.Control;

namespace Sallyport.Agent.Tests.Control;

public sealed class GuardOrderTests
{
    [Fact]
    public void Orders_keep_any_path_that_a_file_system_can_hold()
    {
        GuardOrder[] orders = [new(GuardOrder.Output, "/a b\nc\t\"'"), new(GuardOrder.Done, "now")];
        var text = Encoding.UTF8.GetString([.. orders.SelectMany(order => order.Format())]);
        Assert.Equal(orders, GuardOrder.Parse(text));
    }

    [Theory]
    [InlineData("done", 0)]
    [InlineData("done\0no", 0)]
    [InlineData("cgroup\0/x\0done\0n", 1)]
    [InlineData("", 0)]
    public void A_word_that_was_cut_off_was_not_said(string text, int count) =>
        Assert.Equal(count, GuardOrder.Parse(text).Count);
}
