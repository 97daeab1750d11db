using Sallyport.Agent.Host;

namespace Sallyport.Agent.Tests.Host;

public sealed class TimeNamespaceTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData("monotonic           0         0\nboottime            0         0\n", true)]
    [InlineData("monotonic       86400         0\nboottime            0         0\n", true)]
    [InlineData("monotonic           0         0\nboottime        86400         0\n", false)]
    [InlineData("monotonic           0         0\nboottime           -1         0\n", false)]
    [InlineData("monotonic           0         0\nboottime            0         1\n", false)]
    [InlineData("boottime            ?         0\n", false)]
    public void Only_the_clock_since_boot_counts(string? offsets, bool none) => Assert.Equal(none, TimeNamespace.HasNoOffset(offsets));
}
