using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Sallyport.Agent.Runner.Privileges;
using Xunit;

namespace Sallyport.Agent.Tests.Runner;

public sealed class SudoBoundsTests
{
    /// <summary>What is tried when bounds are put in force is what the module drops and the kernel side looks for.</summary>
    [Fact]
    public void The_capabilities_are_those_of_the_header()
    {
        var root = typeof(SudoBoundsTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "RepositoryRoot").Value!;
        var text = File.ReadAllText(Path.Combine(root, "bpf/include/capabilities.h"));
        var set = Regex.Matches(text[text.IndexOf("#define SP_CAPABILITIES_BOUNDED", StringComparison.Ordinal)..], @"CAPABILITY\((\d+)\)")
            .Aggregate(0UL, (all, one) => all | (1UL << int.Parse(one.Groups[1].Value, CultureInfo.InvariantCulture)));
        Assert.Equal(set, SudoBounds.Capabilities);
    }
}
