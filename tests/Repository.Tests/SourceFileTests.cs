namespace Sallyport.Repository.Tests;

public sealed class SourceFileTests
{
    [Fact]
    public void Kernel_sources_name_their_licence_in_the_first_line()
    {
        var sources = Checkout.Files
            .Where(file => file.StartsWith("bpf/", StringComparison.Ordinal))
            .Where(file => Path.GetExtension(file) is ".c" or ".h")
            .ToList();

        Assert.NotEmpty(sources);
        Assert.All(sources, file => Assert.StartsWith("/* SPDX-License-Identifier: GPL-2.0-only */\n", Checkout.Read(file), StringComparison.Ordinal));
    }

    [Fact]
    public void Packages_of_the_distribution_have_a_reason_each()
    {
        var lines = Checkout.Read("eng/packages.txt").Split('\n')
            .Where(line => line.Length > 0 && !line.StartsWith('#') && !line.StartsWith('['));

        Assert.All(lines, line => Assert.Matches(@"^[a-z0-9.+|-]+\s+# \S", line));
    }
}
