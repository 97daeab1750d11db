using Sallyport.Agent.Control;

namespace Sallyport.Agent.Tests.Control;

public sealed class LeftoversTests
{
    [Theory]
    [InlineData("sallyport-20261123T071209-4711", true)]
    [InlineData("sallyport-lab-10441-1", false)]
    [InlineData("sallyport-20261123T071209-", false)]
    [InlineData("xsallyport-20261123T071209-1", false)]
    [InlineData("sallyport-20261123T071209-1\n", false)]
    public void Only_cgroups_with_the_name_of_a_job_are_ours(string name, bool ours) =>
        Assert.Equal(ours, Leftovers.IsOfJob(name));
}
