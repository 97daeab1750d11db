using System.Text;
using Sallyport.Agent.Executables;
using Sallyport.Agent.Files;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Tests.Files;

public sealed class TrustedProgramsTests
{
    [Fact]
    public void Git_is_trusted_and_another_file_of_its_number_is_not()
    {
        const string Git = "/usr/bin/git";
        Assert.SkipUnless(FileFacts.TryRead(Git, out var facts), "no git");
        var (programs, key) = (new TrustedPrograms([]), ExecutableFile.KeyOf(in facts));
        Assert.True(programs.Contains(Encoding.UTF8.GetBytes(Git), in key, inContainer: false));
        Assert.False(programs.Contains(Encoding.UTF8.GetBytes(Git), key with { ChangedNs = key.ChangedNs + 1 }, inContainer: false));
        Assert.False(programs.Contains(Encoding.UTF8.GetBytes(Git), key with { Inode = key.Inode + 1 }, inContainer: false));
        Assert.False(programs.Contains("/usr/bin/other"u8, in key, inContainer: false));
    }

    /// <summary>By its path alone in a container, whose files are not the machine's.</summary>
    [Fact]
    public void A_tool_of_the_policys_is_the_file_that_the_machine_has_at_its_path()
    {
        using var folder = new TestFolder();
        var path = Path.Combine(folder.Path, "format");
        var bytes = Encoding.UTF8.GetBytes(path);
        File.WriteAllText(path, "one");
        _ = FileFacts.TryRead(path, out var facts);
        var (programs, key) = (new TrustedPrograms([path]), ExecutableFile.KeyOf(in facts));
        Assert.True(programs.Contains(bytes, in key, inContainer: false));
        Assert.False(programs.Contains(bytes, key with { Inode = key.Inode + 1 }, inContainer: false));
        Assert.True(programs.Contains(bytes, key with { Inode = key.Inode + 1 }, inContainer: true));
        File.WriteAllText(path, "another");
        _ = FileFacts.TryRead(path, out facts);
        key = ExecutableFile.KeyOf(in facts);
        Assert.True(programs.Contains(bytes, in key, inContainer: false));
    }
}
