using System.Text;
using Sallyport.Agent.Core.GitHub.Commands;
using Xunit;

namespace Sallyport.Agent.Core.Tests.GitHub;

/// <summary>The files behind GITHUB_ENV and GITHUB_PATH, read as the runner reads them.</summary>
public sealed class CommandFileTests
{
    [Theory]
    [InlineData("A=1\nB=2\n", "A=1 B=2")]
    [InlineData("A=1", "A=1")]
    [InlineData("\n\nA=\n", "A=")]
    [InlineData("A=x=y\n", "A=x=y")]
    [InlineData("A=x<<E\nB=2\n", "A=x<<E B=2")]
    [InlineData("A<<E\nLD_PRELOAD=/x\nE\nB=2\n", "A=LD_PRELOAD=/x| B=2")]
    [InlineData("A<<E=F\nx\nE=F\n", "A=x|")]
    [InlineData("A<<E\nE\nB=2", "A= B=2")]
    [InlineData("A<<E\nx\ny\nE", "A=x|y|")]
    [InlineData("A<<E\nx\n", "")] // no end yet
    [InlineData("A<<E\n E\nE \nEE\n", "")]
    [InlineData("A=1\nno name\nB=2\n", "A=1")] // the runner stops there, and what came before holds
    [InlineData("A=1\n<<E\nB=2\nE\n", "A=1")]
    [InlineData("A<<\nB=2\n", "")]
    [InlineData("=1\nB=2\n", "B=2")]
    public void Names_are_what_the_runner_takes_for_names(string text, string expected) => Assert.Equal(
        expected,
        string.Join(' ', CommandFile.Variables(text).Select(pair => $"{pair.Name}={pair.Value.Replace('\n', '|')}")));

    [Fact]
    public void A_folder_is_a_line() => Assert.Equal(["/a", "b:/c"], CommandFile.Folders("/a\r\n\n\nb:/c"));

    /// <summary>The runner asks the mark at the beginning; a file that only looks like noise is none.</summary>
    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    [InlineData("utf-32BE")]
    public void Whatever_the_file_is_written_in_it_is_read(string name)
    {
        var encoding = Encoding.GetEncoding(name);
        Assert.Equal("LD_PRELOAD=/x\n", CommandFile.Decode([.. encoding.GetPreamble(), .. encoding.GetBytes("LD_PRELOAD=/x\n")]));
    }

    [Theory]
    [InlineData("LD_PRELOAD", "/x.so", "code")]
    [InlineData("LD_PRELOAD", "", null)] // taken back
    [InlineData("BASH_ENV", "-Xmx1", "code")]
    [InlineData("BASH_FUNC_ls%%", "() { x; }", "code")]
    [InlineData("GIT_CONFIG_COUNT", "1", "code")]
    [InlineData("CORECLR_PROFILER_PATH_64", "/x.so", "code")]
    [InlineData("NODE_OPTIONS", "--require /x.js", "code")]
    [InlineData("NODE_OPTIONS", "--max-old-space-size=4096 --require=/x.js", "code")]
    [InlineData("NODE_OPTIONS", "--max-old-space-size=4096", null)]
    [InlineData("JAVA_TOOL_OPTIONS", "-javaagent:/x.jar", "code")]
    [InlineData("JAVA_TOOL_OPTIONS", "-Xmx4g -Dfile.encoding=UTF-8", null)]
    [InlineData("https_proxy", "http://x:1", "trust")]
    [InlineData("NODE_TLS_REJECT_UNAUTHORIZED", "0", "trust")]
    [InlineData("LD_LIBRARY_PATH", "/work/_tool/Python/3.12.1/x64/lib", null)]
    [InlineData("LD_LIBRARY_PATH", ":/opt/hostedtoolcache/Python/3.12.1/x64/lib:/usr/local/cuda/lib64", null)]
    [InlineData("LD_LIBRARY_PATH", "/usr/lib:/home/me/lib", "search")]
    [InlineData("LD_LIBRARY_PATH", "/usr/../tmp/x", "search")]
    [InlineData("PYTHONPATH", "src", "search")]
    [InlineData("JAVA_HOME", "/tmp/x", null)]
    [InlineData("PKG_CONFIG_PATH", "/tmp/x", null)]
    [InlineData("NOTE", "LD_PRELOAD=/x.so", null)]
    [InlineData("ENV", "production", null)]
    [InlineData("ld_preload", "/x.so", null)]
    public void What_a_variable_does_to_later_steps(string name, string value, string? effect) =>
        Assert.Equal(effect, LaterEffect.OfVariable(name, value, "/work/_tool"));

    [Theory]
    [InlineData("/tmp/x", "search")]
    [InlineData("/usr/bin/../../tmp", "search")]
    [InlineData("/usr/bin:/dev/shm/x", "search")]
    [InlineData("bin", "search")]
    [InlineData("/home/me/.local/bin", null)]
    [InlineData("/work/_temp/bin", null)]
    public void What_a_folder_of_programs_does_to_them(string folder, string? effect) => Assert.Equal(effect, LaterEffect.OfFolder(folder));
}
