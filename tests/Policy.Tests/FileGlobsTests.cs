using Sallyport.Policy;

namespace Sallyport.Policy.Tests;

public class FileGlobsTests
{
    [Theory]
    [InlineData("src/**", "src/a.c", true)]
    [InlineData("src/**", "src/deep/er/a.c", true)]
    [InlineData("src/**", "src", false)]
    [InlineData("src/**", "other/src/a.c", false)]
    [InlineData("/src/*.c", "src/a.c", true)]
    [InlineData("src/*.c", "src/deep/a.c", false)]
    [InlineData("**/*.csproj", "a.csproj", true)]
    [InlineData("**/*.csproj", "x/y/a.csproj", true)]
    [InlineData("a/**/b/*.c", "a/b/x.c", true)]
    [InlineData("a/**/b/*.c", "a/x/b/y/b/x.c", true)]
    [InlineData("a/**/b/*.c", "a/x/bb/x.c", false)]
    [InlineData("*.md", "docs/deep/page.md", true)]
    [InlineData("page.??", "page.md", true)]
    [InlineData("page.??", "page.mdx", false)]
    [InlineData("a?b/c", "a/b/c", false)]
    [InlineData("**", "any/thing", true)]
    [InlineData("", "any", false)]
    public void A_pattern_is_from_the_root(string pattern, string path, bool covers) =>
        Assert.Equal(covers, new FileGlobs([pattern]).Cover(path));

    [Fact]
    public void Without_a_list_every_file_is_covered_and_by_an_empty_one_none()
    {
        Assert.True(new FileGlobs(null).Cover("any"));
        Assert.False(new FileGlobs([]).Cover("any"));
    }

    [Fact]
    public void The_last_pattern_that_matches_decides()
    {
        var globs = new FileGlobs(["src/**", "!src/generated/**", "src/generated/kept.c"]);
        Assert.True(globs.Cover("src/a.c"));
        Assert.False(globs.Cover("src/generated/a.c"));
        Assert.True(globs.Cover("src/generated/kept.c"));
        Assert.False(globs.Cover("README"));
    }

    [Fact]
    public void Patterns_that_only_take_out_take_out_of_all()
    {
        var globs = new FileGlobs(["!package-lock.json"]);
        Assert.True(globs.Cover("src/a.c"));
        Assert.False(globs.Cover("package-lock.json"));
        Assert.False(globs.Cover("sub/package-lock.json"));
    }

    [Fact]
    public void A_pattern_that_is_made_to_take_long_does_not() => Assert.False(
        new FileGlobs([string.Concat(Enumerable.Repeat("**/*a*", 60)) + "b"]).Cover(string.Concat(Enumerable.Repeat("a/aa", 900))));
}
